import pytest

from touchbook.core.errors import Invalid
from touchbook.core.files.file import clean_name, ending_of


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("contacts.csv", "contacts.csv"),
        ("  Kontakte für März.csv ", "Kontakte für März.csv"),
        ("名前 📇.csv", "名前 📇.csv"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\kim\contacts.xls", "contacts.xls"),
        ("a\r\nb\0c\x7f.txt", "abc.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2028list\ud800.csv", "list.csv"),
        (".hidden", ".hidden"),
        ("x" * 300 + ".CSV", "x" * 251 + ".csv"),
        ("y" * 300, "y" * 255),
    ],
)
def test_a_name_is_cleaned(sent: str, name: str) -> None:
    assert clean_name(sent) == name


@pytest.mark.parametrize("sent", ["", " ", ".", "..", "dir/", "..\\..", "\u202e\n"])
def test_a_file_needs_a_name(sent: str) -> None:
    with pytest.raises(Invalid, match="may not be blank"):
        clean_name(sent)


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a.CSV", ".csv"), ("a.tar.gz", ".gz"), ("a", ""), (".csv", ""), ("a.", ""), ("a.c v", ""), ("a.ü", "")],
)
def test_an_ending_is_of_letters_and_digits(name: str, ending: str) -> None:
    assert ending_of(name) == ending

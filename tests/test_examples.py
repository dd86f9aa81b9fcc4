"""Each file of examples/ is taken by the program it is for, and what it names of Touchbook exists."""

import asyncio
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from touchbook.config import Settings

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "operate").glob("*.md"))]
VARIABLES = {*(f"TOUCHBOOK_{name.upper()}" for name in Settings.__struct_fields__), "TOUCHBOOK_CONFIG"}
PAGES = ("healthz", "readyz", "metrics")


def checked(*words: str | Path, **environment: str) -> None:
    """Skips where the program is missing, and says which it is."""
    program = shutil.which(str(words[0]))
    if program is None:
        pytest.skip(f"{words[0]} is not installed")
    given = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin", "HOME": "/nonexistent", **environment}
    done = subprocess.run([program, *words[1:]], capture_output=True, text=True, timeout=60, env=given)
    assert done.returncode == 0, done.stdout + done.stderr


def read(place: str) -> str:
    return (EXAMPLES / place).read_text(encoding="utf-8")


def parsed(place: str) -> Any:
    return yaml.safe_load(read(place))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_a_file_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert {*re.findall(r"TOUCHBOOK_[A-Z_]+[A-Z]", text)} <= VARIABLES
    for place in re.findall(r"\b(?:docs|examples)/[\w/-]+\.?\w*", text):
        assert (ROOT / place).exists(), place


@pytest.mark.parametrize("page", PAGES)
async def test_the_pages_that_they_ask_for(server: str, page: str) -> None:
    told = [path for path in FILES if re.search(rf"/{page}\b", path.read_text(encoding="utf-8"))]
    assert told or page == "healthz"
    async with httpx.AsyncClient(base_url=server) as client:
        assert (await client.get(f"/{page}")).status_code == 200


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert {*re.findall(r"\bTOUCHBOOK_[A-Z_]+[A-Z]", text)} <= VARIABLES | {"TOUCHBOOK_TEST_DATABASE_URL"}
    for link in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", text):
        assert "://" in link or (path.parent / link).exists(), link
    for place in re.findall(r"`(examples/[\w./-]+)`", text):
        assert (ROOT / place).exists(), place


def test_each_example_stands_in_a_document() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert [path.name for path in FILES if path.name not in told] == []


@pytest.mark.parametrize("name", ["touchbook.service", "touchbook-backup.service", "touchbook-backup.timer"])
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    """With a program that is there in place of ours."""
    for unit in (EXAMPLES / "systemd").iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/touchbook/bin/touchbook", "/bin/true"))
    checked("systemd-analyze", "verify", "--man=no", tmp_path / name)


def test_the_unit_keeps_to_its_state_directory() -> None:
    text = read("systemd/touchbook.service")
    assert {"ProtectSystem=strict", "StateDirectory=touchbook", "KillMode=mixed"} <= {*text.splitlines()}
    allowed = int(re.findall(r"^LimitNOFILE=(\d+)$", text, re.MULTILINE)[0])
    assert allowed >= Settings().connections + 200


def test_nginx_takes_its_site(tmp_path: Path) -> None:
    site = read("proxy/nginx.conf").replace("/var/log/nginx/touchbook.log", str(tmp_path / "log"))
    site = re.sub(r"listen 443 ssl;|ssl_certificate\S* \S+;", "", site).replace(
        "server {", "server {\n listen 8443;", 1
    )
    whole = f"pid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\nevents {{}}\nhttp {{\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    checked("nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf")


def test_caddy_takes_its_file() -> None:
    checked("caddy", "validate", "--adapter", "caddyfile", "--config", EXAMPLES / "proxy" / "Caddyfile")


def test_promtool_takes_the_rules() -> None:
    checked("promtool", "check", "rules", EXAMPLES / "monitoring" / "alerts.yml")


def test_compose_takes_its_file() -> None:
    """The plugin is a program of its own."""
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    given = {"BOOK_DOMAIN": "book.example.com", "METRICS_TOKEN": "sixteen or more of them"}
    checked("docker", "compose", "-f", EXAMPLES / "container" / "compose.yaml", "config", "--quiet", **given)


@pytest.mark.parametrize("place", ["proxy/nginx.conf", "proxy/Caddyfile"])
def test_blocks_are_closed(place: str) -> None:
    bare = "\n".join(line for line in read(place).splitlines() if not line.strip().startswith("#"))
    depths = [0]
    for mark in re.findall(r"[{}]", re.sub(r"'[^']*'", "", bare)):
        depths.append(depths[-1] + (1 if mark == "{" else -1))
    assert min(depths) == depths[-1] == 0


def test_proxies_let_through_what_touchbook_takes() -> None:
    """A body as large as a file may be, and no connection that Touchbook has closed (after five idle seconds)."""
    megabytes = [
        *re.findall(r"client_max_body_size (\d+)m;", read("proxy/nginx.conf")),
        *re.findall(r"max_size (\d+)MB", read("proxy/Caddyfile")),
    ]
    assert [int(each) * 1_000_000 > Settings().file_limit for each in megabytes] == [True, True]
    traefik = parsed("proxy/traefik-touchbook.yaml")["http"]["serversTransports"]["touchbook"][
        "forwardingTimeouts"
    ]
    idle = [
        *re.findall(r"keepalive_timeout (\d+)s;", read("proxy/nginx.conf")),
        *re.findall(r"keepalive (\d+)s", read("proxy/Caddyfile")),
        traefik["idleConnTimeout"].removesuffix("s"),
    ]
    assert [int(each) < 5 for each in idle] == [True, True, True]
    assert "proxy_request_buffering off;" in read("proxy/nginx.conf")
    assert "X-Forwarded-For $remote_addr;" in read("proxy/nginx.conf")
    assert parsed("proxy/traefik.yaml")["providers"]["file"]["filename"].startswith("/etc/traefik/touchbook")


def test_no_proxy_shows_metrics() -> None:
    assert re.search(r"location = /metrics \{\s+return 404;", read("proxy/nginx.conf"))
    assert "respond /metrics 404" in read("proxy/Caddyfile")
    assert "!Path(`/metrics`)" in parsed("proxy/traefik-touchbook.yaml")["http"]["routers"]["touchbook"]["rule"]


def test_the_container_has_what_it_copies() -> None:
    lines = [line for line in read("container/Containerfile.dockerignore").splitlines() if line.startswith("!")]
    assert all((ROOT / line[1:]).exists() for line in lines)
    hidden = tuple(f"!{name}" for name in ("LICENSE", "README.md", "pyproject.toml", "requirements.lock", "src"))
    assert tuple(lines) == hidden
    compose = parsed("container/compose.yaml")
    build = compose["services"]["touchbook"]["build"]
    assert (EXAMPLES / "container" / build["context"] / build["dockerfile"]).is_file()
    mounted = compose["services"]["proxy"]["volumes"][0].partition(":")[0]
    assert (EXAMPLES / "container" / mounted).is_file()


async def test_the_health_check_does(server: str) -> None:
    """The one of the image and the one of compose are the same, and end with 0 for a server that is ready."""
    told = re.search(r"CMD (\[.*\])", read("container/Containerfile"))
    assert told
    words: list[str] = msgspec.json.decode(told[1])
    assert parsed("container/compose.yaml")["services"]["touchbook"]["healthcheck"]["test"] == ["CMD", *words]
    for url, code in ((server, 0), ("http://127.0.0.1:9", 1)):
        script = words[2].replace("http://127.0.0.1:8000", url)
        assert script != words[2]
        # Beside the server, which is in this process.
        asked = f"python3 -c {shlex.quote(script)} 2>/dev/null; echo $?"
        assert (await _output(asked)).strip() == str(code)


async def _output(command: str) -> str:
    process = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    return told.decode()


async def test_alerts_are_about_what_is_told(server: str) -> None:
    groups = parsed("monitoring/alerts.yml")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    named = {name for rule in rules for name in re.findall(r"\btouchbook_\w+", rule["expr"])}
    async with httpx.AsyncClient(base_url=server) as client:
        await client.get("/healthz")
        text = (await client.get("/metrics")).text
    assert len(named) > 6
    assert [name for name in named if not re.search(rf"^{name}[ {{]", text, re.MULTILINE)] == []
    document = (ROOT / "docs" / "operate" / "monitoring.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in document] == []
    assert [name for name in named if f"`{name}" not in document] == []
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in rules)


def test_prometheus_reads_the_rules_and_asks_a_server() -> None:
    told = parsed("monitoring/prometheus.yml")
    assert [(EXAMPLES / "monitoring" / name).exists() for name in told["rule_files"]] == [True]
    (scraping,) = told["scrape_configs"]
    assert scraping["static_configs"][0]["targets"] == [f"127.0.0.1:{Settings().port}"]

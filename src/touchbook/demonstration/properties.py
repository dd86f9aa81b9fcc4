"""Invented properties on the market, in the shape that listing services send."""

from typing import Any

from msgspec import Struct


class Property(Struct, frozen=True):
    house: str
    street: str
    city: str
    postcode: str
    price: int
    bedrooms: int
    baths: float
    square_feet: int
    year: int
    status: str = "Active"

    @property
    def title(self) -> str:
        return f"{self.house} {self.street}"

    def document(self, number: str) -> dict[str, Any]:
        """`number` is the listing service's own."""
        return {
            "type": "listing",
            "mls_number": number,
            "mls_name": "Demonstration MLS",
            "status": self.status,
            "transaction_type": "For Sale",
            "property_type": "Residential",
            "property_subtype": "Single Family",
            "price": self.price,
            "original_price": round(self.price * 1.04),
            "currency": "USD",
            "bedroom_count": self.bedrooms,
            "bathroom_count": self.baths,
            "square_meters": round(self.square_feet * 0.09290304, 2),
            "year_built": self.year,
            "list_agent_full_name": "Avery Stone",
            "list_office_name": "Alder Lane Realty",
            "is_address_public": True,
            "description": f"{self.bedrooms} bedrooms on {self.street}, built in {self.year}.",
            "gallery_image_urls": [],
            "virtual_tour": None,
            "address": {
                "house_num": self.house,
                "street": self.street,
                "city": self.city,
                "state": "TX",
                "postcode": self.postcode,
                "full": f"{self.title}, {self.city}, TX {self.postcode}",
            },
        }


PROPERTIES = (
    Property("412", "Juniper Way", "Fernbrook", "75099", 478_000, 3, 2.5, 2_140, 1998),
    Property("19", "Old Mill Road", "Fernbrook", "75099", 1_250_000, 5, 4.5, 4_860, 1962),
    Property("7", "Heron Court", "Lakemoor", "75098", 655_000, 4, 3.0, 2_910, 2007, "Pending"),
    Property("2260", "Larkspur Terrace", "Lakemoor", "75098", 539_900, 3, 2.0, 1_985, 2015, "Sold"),
    Property("88", "Quarry Street", "Stonehollow", "75097", 310_000, 2, 1.0, 1_120, 1948, "Withdrawn"),
)

DOCUMENTS = tuple(one.document(f"D{number:06}") for number, one in enumerate(PROPERTIES, start=104_730))

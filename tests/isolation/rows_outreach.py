from tests.isolation.rows import Table
from tests.people import bearer_headers

TABLE = Table(headers=bearer_headers, never=2**62, rows={})

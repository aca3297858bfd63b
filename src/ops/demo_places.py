"""The made-up companies of the demo data, and where and for what money they hire."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firm:
    """A company that does not exist; its website is in a domain that nobody can own."""

    name: str
    industry: str
    country: str
    size: str
    founded: int
    jobs: int
    trades: tuple[str, ...]
    pitch: str
    abroad: tuple[str, ...] = ()


def _firm(line: str, founded: int, jobs: int, *words: str) -> Firm:
    """`words` are the trades, the pitch, and perhaps the countries abroad."""
    name, industry, country, size = line.split("|")
    trades, pitch, abroad = (*words, "")[:3]
    return Firm(
        name, industry, country, size, founded, jobs, tuple(trades.split()), pitch,
        tuple(abroad.split()),
    )  # fmt: skip


_OFFICE = "finance-accounting human-resources administration"

# The first has the most jobs.
FIRMS = (
    _firm("Brightwater Systems|Software|DE|1001-5000", 2004, 60,
          f"software-engineering data-analytics security design project-management sales it-support customer-support {_OFFICE}",
          "builds the software with which waterworks, grid operators and railways keep their networks running day and night", "US GB PL IN"),
    _firm("Saint Alder Hospitals|Healthcare|US|5001+", 1931, 45,
          f"healthcare social-services science-research hospitality-food it-support {_OFFICE}",
          "runs four hospitals and a dozen clinics, and has trained nurses for more than ninety years"),
    _firm("Northlane Logistics|Logistics|GB|1001-5000", 1978, 40,
          f"operations-logistics it-support customer-support data-analytics sales {_OFFICE}",
          "moves parcels and pallets through thirty depots, by road, rail and increasingly by bicycle", "NL PL IE"),
    _firm("Orchard and Vine Markets|Retail|US|5001+", 1962, 35,
          "retail operations-logistics marketing hospitality-food finance-accounting",
          "is a family of neighbourhood supermarkets known for fresh produce and staff who stay for decades", "CA"),
    _firm("Kestrel Manufacturing|Manufacturing|PL|501-1000", 1989, 32,
          f"manufacturing engineering operations-logistics project-management {_OFFICE}",
          "makes gears and drives that turn inside lifts, ferries and wind turbines all over the continent", "DE"),
    _firm("Lantern Bank|Banking|CH|1001-5000", 1897, 30,
          "finance-accounting security data-analytics software-engineering customer-support sales",
          "is a bank owned by its customers that lends to households and to firms around the corner", "SG"),
    _firm("Terracotta Builders|Construction|ES|201-500", 1994, 28,
          "construction engineering project-management administration",
          "restores old town houses and builds new ones of clay and timber that need hardly any heating", "MX FR"),
    _firm("Bluebell Schools|Education|GB|501-1000", 1955, 26,
          "education social-services administration hospitality-food",
          "is a charity that runs twenty-two nurseries and primary schools in towns and villages"),
    _firm("Harbour House Hotels|Hospitality|AU|1001-5000", 1971, 25,
          "hospitality-food marketing administration finance-accounting",
          "welcomes guests in eleven hotels by the sea, from a lighthouse with four rooms to a resort", "SG JP"),
    _firm("Meridian Analytics|Data services|IN|201-500", 2013, 24,
          "data-analytics software-engineering project-management sales human-resources",
          "helps retailers and hospitals to forecast what they will need next week", "US GB"),
    _firm("Fjordkraft Wind|Energy|SE|501-1000", 2009, 22,
          "engineering operations-logistics software-engineering project-management finance-accounting",
          "plans, builds and maintains wind farms on land and at sea", "DE NL"),
    _firm("Papaya Health|Health technology|SG|51-200", 2017, 21,
          "software-engineering design healthcare marketing data-analytics customer-support",
          "connects patients with doctors by video and brings their medicine on the same day", "IN AU"),
    _firm("Maple Ridge Foods|Food production|CA|1001-5000", 1948, 20,
          "manufacturing operations-logistics science-research sales human-resources",
          "has made oatmeal, syrup and biscuits in the same valley for three generations"),
    _firm("Atelier Lumen|Design agency|FR|11-50", 2011, 18,
          "design marketing media-writing project-management",
          "is a studio for brands, books and exhibitions with clients from museums to bakeries"),
    _firm("City of Rosenhaven|Public administration|NL|1001-5000", 1850, 16,
          "government-public social-services it-support construction education",
          "serves a quarter of a million citizens, from the first birth certificate to the last bus at night"),
    _firm("Cedar and Stone Legal Media|Publishing|IE|51-200", 1986, 15,
          "media-writing marketing software-engineering sales",
          "publishes magazines and databases that lawyers and students open every day", "GB"),
    _firm("Umoja Mobility|Transport|ZA|201-500", 2015, 13,
          "operations-logistics software-engineering customer-support engineering",
          "brings commuters to work in electric minibuses that can be booked by phone"),
    _firm("Yuzu Robotics|Robotics|JP|51-200", 2016, 11,
          "engineering software-engineering manufacturing",
          "builds small robots that pick fruit without bruising it"),
    _firm("Verde Vida Farms|Agriculture|BR|501-1000", 1983, 10,
          "manufacturing science-research operations-logistics",
          "grows coffee and citrus under trees and ships them to roasters and grocers in many countries"),
    _firm("Openhand Foundation|Charity|US|51-200", 1999, 9,
          "social-services marketing media-writing project-management",
          "supports families after floods and fires, from the first night to the new roof"),
)  # fmt: skip

# Cities with their region, by country.
CITIES = {
    "US": ("Austin, Texas", "Denver, Colorado", "Chicago, Illinois", "Portland, Oregon"),
    "GB": ("Leeds, England", "Bristol, England", "Glasgow, Scotland", "London, England"),
    "DE": ("Berlin, Berlin", "Hamburg, Hamburg", "Leipzig, Saxony", "Munich, Bavaria"),
    "FR": ("Lyon, Auvergne-Rhône-Alpes", "Nantes, Pays de la Loire", "Paris, Île-de-France"),
    "ES": ("Valencia, Valencia", "Seville, Andalusia", "Madrid, Madrid"),
    "NL": ("Rotterdam, South Holland", "Utrecht, Utrecht", "Groningen, Groningen"),
    "IE": ("Dublin, Leinster", "Cork, Munster", "Galway, Connacht"),
    "PL": ("Kraków, Lesser Poland", "Gdańsk, Pomerania", "Wrocław, Lower Silesia"),
    "SE": ("Gothenburg, Västra Götaland", "Malmö, Skåne", "Umeå, Västerbotten"),
    "CH": ("Zürich, Zürich", "Basel, Basel-Stadt", "Bern, Bern"),
    "CA": ("Toronto, Ontario", "Halifax, Nova Scotia", "Vancouver, British Columbia"),
    "AU": ("Melbourne, Victoria", "Hobart, Tasmania", "Brisbane, Queensland"),
    "SG": ("Singapore, Singapore",),
    "JP": ("Osaka, Osaka", "Sapporo, Hokkaido", "Tokyo, Tokyo"),
    "IN": ("Bengaluru, Karnataka", "Pune, Maharashtra", "Chennai, Tamil Nadu"),
    "ZA": ("Cape Town, Western Cape", "Johannesburg, Gauteng"),
    "BR": ("São Paulo, São Paulo", "Curitiba, Paraná"),
    "MX": ("Guadalajara, Jalisco", "Mérida, Yucatán"),
}

# What is paid there for a dollar paid in the United States, by the year or by the month.
PAY = {
    "US": ("USD", 1.0, "year"), "GB": ("GBP", 0.56, "year"), "DE": ("EUR", 0.68, "year"),
    "FR": ("EUR", 0.58, "year"), "ES": ("EUR", 0.46, "year"), "NL": ("EUR", 0.66, "year"),
    "IE": ("EUR", 0.68, "year"), "PL": ("PLN", 1.9, "month"), "SE": ("SEK", 6.1, "month"),
    "CH": ("CHF", 0.98, "year"), "CA": ("CAD", 1.05, "year"), "AU": ("AUD", 1.18, "year"),
    "SG": ("SGD", 0.98, "month"), "JP": ("JPY", 78.0, "year"), "IN": ("INR", 19.0, "year"),
    "ZA": ("ZAR", 6.2, "month"), "BR": ("BRL", 1.6, "month"), "MX": ("MXN", 5.6, "month"),
}  # fmt: skip

"""The files that crawlers fetch."""

from flask import current_app

from src.schemas import feed as feed_schema
from src.services import feed as feed_service
from src.tasks.app import periodic


@periodic("*/15 * * * *", "feeds.build")
def build_feeds(timestamp: int) -> None:
    """Write the feed of all jobs and the sitemap anew."""
    base_url = current_app.config["TALENTSPHERE"].public_url
    forms = feed_service.Forms(
        feed=feed_schema.indeed(base_url),
        sitemap=feed_schema.sitemap(base_url),
        list_page=feed_schema.list_page(base_url),
        index=feed_schema.sitemap_index(base_url),
    )
    feed_service.build(forms)

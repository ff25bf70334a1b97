"""The templates of the pages: one way to load them, so that none forgets to escape what it shows."""

import jinja2


def page_template(name: str) -> jinja2.Template:
    """The template ``name``. What it shows is other people's text and is escaped; a missing value is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("crosssim.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)

"""What people are told, as a value, and how it looks in a mail and in a chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HTML = """
{%- for paragraph in message.paragraphs -%}<p>{{ paragraph | e }}</p>
{% endfor -%}
{%- if message.table -%}<pre>{{ message.table | e }}</pre>{%- endif -%}
{%- for words, url in message.links.items() %}
<p><a href="{{ url | e }}">{{ words | e }}</a></p>
{%- endfor -%}
"""


@dataclass(frozen=True)
class Message:
    """A mail's subject, its sentences, a text in a typewriter's letters, and links: their words to their addresses."""

    subject: str
    paragraphs: Sequence[str] = ()
    table: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def markdown(self) -> str:
        """All but the subject and the links, for Airflow's own pages."""
        return "\n\n".join([*self.paragraphs, *([f"```\n{self.table}\n```"] if self.table else [])])

    @property
    def chat(self) -> str:
        """The message in Slack's mrkdwn, which Mattermost and Rocket.Chat read as well."""
        table = [f"```\n{_escaped(self.table)}\n```"] if self.table else []
        links = [f"<{_escaped(url)}|{_escaped(words)}>" for words, url in self.links.items()]
        said = [_escaped(paragraph) for paragraph in self.paragraphs]
        return "\n".join([f"*{_escaped(self.subject)}*", *said, *table, *links])


def _escaped(text: str) -> str:
    """Slack's three letters with a meaning: `<!channel>` in what users wrote must not ring everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

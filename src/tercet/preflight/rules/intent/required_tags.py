"""Tags that every resource is to carry."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.intent import Intent
from tercet.preflight.knowledge.schema import schema_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._tags import default_tags

_QUEUE = """
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"TAGS
}
"""

RULE = Rule(
    id="required-tags",
    title="A resource without a tag that is required",
    severity=Severity.POLICY,
    rationale=(
        "The intent's required_tags are on every resource that can be tagged, by its own tags or by its provider's "
        "default_tags. Whether a type can be tagged is read from the provider's schema."
    ),
    sources=("https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",),
    intent=Intent(required_tags=("Owner",)),
    failing=_QUEUE.replace("TAGS", ""),
    passing=_QUEUE.replace("TAGS", '\n\n  tags = {\n    Owner = "payments"\n  }'),
)


@RULE.check
def check(_graph: object, context: Context) -> Iterator[Problem]:
    """Compare the tags of each resource."""
    wanted = context.intent.required_tags
    if not wanted:
        return
    unknown: list[Resource] = []
    for resource in context.graph.managed:
        if not resource.type.startswith("aws_") or not _taggable(resource.type):
            continue
        missing = [tag for tag in wanted if tag not in _known_tags(resource)]
        if missing and _may_have_more(resource, context):
            unknown.append(resource)
        elif missing:
            names = ", ".join(missing)
            yield Problem(
                resource,
                "tags",
                f"The resource lacks {'the tag' if len(missing) == 1 else 'the tags'} {names}.",
                fix=f"Add {names} to tags, or to default_tags of the provider.",
                also={"missing": names},
            )
    if unknown:
        others = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise Undecidable("tags", f"the tags of {unknown[0].address}{others} are not known")


def _taggable(kind: str) -> bool:
    schema = schema_of(kind)
    return schema is not None and "tags" in schema.arguments


def _known_tags(resource: Resource) -> set[str]:
    found: set[str] = set()
    for tags in (resource.value("tags"), resource.value("tags_all"), default_tags(resource)):
        if isinstance(tags, dict):
            found.update(tags)
    return found


def _may_have_more(resource: Resource, context: Context) -> bool:
    given = (resource.value("tags"), default_tags(resource))
    # A provider that is not at hand, as a module's caller would give it, may have default tags too.
    at_hand = any(one.address == resource.provider for one in context.graph.providers)
    elsewhere = not at_hand and bool(resource.provider) and resource.provider not in ("provider.aws", "aws")
    return elsewhere or any(tags is not None and not isinstance(tags, dict) for tags in given)

"""ListTags of AWS Backup, with or without a slash at the end of its path.

Plain moto finds the resource only if the path ends in a slash, as boto3 sends it; the AWS provider sends none, gets no
tags, and shows all tags of plans and vaults as a change in every plan. Delete this module when moto reads both.
"""

from __future__ import annotations

from moto.backup.models import backup_backends

from tercet.local.emulator.extension import Answer, Call, Extension

EXTENSION = Extension()


@EXTENSION.operation("backup", "ListTags")
def list_tags(call: Call) -> Answer:
    """Return the tags of a plan, vault, or restore testing plan."""
    tagger = backup_backends[call.account][call.region].tagger
    return {"Tags": tagger.get_tag_dict_for_resource(call.params["ResourceArn"])}

"""What holds secrets, and whether a secret stands in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.documents import decode
from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.values import Text, Value

ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("password",),
    "aws_directory_service_directory": ("password",),
    "aws_dms_endpoint": ("password",),
    "aws_docdb_cluster": ("master_password",),
    "aws_elasticache_replication_group": ("auth_token",),
    "aws_fsx_ontap_file_system": ("fsx_admin_password",),
    "aws_memorydb_user": ("authentication_mode.passwords",),
    "aws_mq_broker": ("user.password",),
    "aws_opensearch_domain": ("advanced_security_options.master_user_options.master_user_password",),
    "aws_rds_cluster": ("master_password",),
    "aws_redshift_cluster": ("master_password",),
    "aws_redshiftserverless_namespace": ("admin_user_password",),
}
"""Type → paths of the arguments that hold nothing but a secret."""

TYPES: Final = (*ARGUMENTS, "aws_lambda_function", "aws_secretsmanager_secret_version", "aws_ssm_parameter")

FIXES: Final = {
    "aws_db_instance": "Set manage_master_user_password to true and remove the password.",
    "aws_lambda_function": "Give the function the ARN of a secret, and let it read the secret.",
    "aws_rds_cluster": "Set manage_master_user_password to true and remove the password.",
    "aws_secretsmanager_secret_version": "Let the value come from random_password, or set it outside Terraform.",
    "aws_ssm_parameter": "Take the value from a variable without a default, or set it outside Terraform.",
}

_SECRET_NAME: Final = re.compile(r"(?i)(^|[_./-])(passwd|password|passphrase|private_?key|client_?secret|auth_?token)$")
_SECRET_KEY: Final = re.compile(
    r"(?i)(passwd|password|passphrase|private_?key|client_?secret|auth_?token|api_?key|secret_?key)$"
)
_PLACEHOLDER: Final = re.compile(
    r"(?i)^[<{\[(]|placeholder|change[-_ ]?(me|it)|replace|to[-_ ]?be[-_ ]|^(none|null|todo|dummy|x+|\.+|-|)$"
)


def secrets_of(resource: Resource) -> Iterator[tuple[Block, str, Value]]:
    """Go through the values of a resource that are secrets: the block, the argument and the value.

    Raises
    ------
    Undecidable
        How many blocks there are is not known.
    """
    for path in ARGUMENTS.get(resource.type, ()):
        *outer, argument = path.split(".")
        for block in _inside(resource, outer):
            yield block, argument, block.value(argument)
    if resource.type == "aws_lambda_function":
        for block in resource.blocks("environment"):
            for name, value in block.mapping("variables").items():
                if _SECRET_NAME.search(name):
                    yield Block(resource, f"{block.path}.variables", {name: value}), name, value
    elif resource.type == "aws_ssm_parameter":
        if resource.text("type") == "SecureString" and _SECRET_NAME.search(_known_end(resource.value("name"))):
            yield resource, "value", resource.value("value")
    elif resource.type == "aws_secretsmanager_secret_version":
        yield from _of_version(resource)


def is_in_code(resource: Resource, argument: str, value: Value) -> bool:
    """Tell whether a secret's value stands in the configuration itself."""
    if isinstance(value, list):
        return any(is_in_code(resource, argument, one) for one in value)
    if not isinstance(value, str) or not value or value.startswith(("arn:", "{{resolve:")):
        return False
    if resource.type not in ARGUMENTS and _PLACEHOLDER.search(value):
        return False  # a database would have the placeholder for its password; a secret waits for its value
    if _is_ignored(resource, argument):
        return False
    return not (isinstance(value, Text) and _is_given(resource.graph, value))


def _inside(block: Block, path: list[str]) -> Iterator[Block]:
    if not path:
        yield block
        return
    for inner in block.blocks(path[0]):
        yield from _inside(inner, path[1:])


def _of_version(version: Resource) -> Iterator[tuple[Block, str, Value]]:
    value = version.value("secret_string")
    if value in (None, ""):
        return
    structure = decode(value)
    if isinstance(structure, dict):
        for key, one in structure.items():
            if isinstance(key, str) and _SECRET_KEY.search(key):
                yield Block(version, "secret_string", {key: one}), key, one
    elif isinstance(value, str) and not isinstance(structure, list | int | float | bool):
        yield version, "secret_string", value


def _known_end(name: Value) -> str:
    if isinstance(name, str):
        return str(name)
    suffix = getattr(name, "suffix", "")
    return suffix if isinstance(suffix, str) else ""


def _is_ignored(resource: Resource, argument: str) -> bool:
    """Tell whether Terraform leaves the value alone once it is there: then this is a filler."""
    ignored = resource.lifecycle.get("ignore_changes")
    names = [str(one) for one in ignored] if isinstance(ignored, list) else [str(ignored)]
    top = "secret_string" if resource.type == "aws_secretsmanager_secret_version" else argument
    return any(top in name or name in ("all", "${all}") for name in names)


def _is_given(graph: Graph, value: Text) -> bool:
    """Tell whether a known value came from outside the code: from a variable without a default, or from data."""
    defaults = {variable.name: variable.default for variable in graph.variables if variable.has_default}
    for reference in value.references:
        if reference.address.startswith("data.") or ".data." in reference.address:
            return True
        if reference.address.startswith("var."):
            # A plan holds what was given to it, and only what equals the default is sure to be it.
            name = reference.address.removeprefix("var.").split(".")[0]
            if name not in defaults or (graph.kind == "plan" and defaults[name] != value):
                return True
        elif ".var." in reference.address:
            return True
    return False

"""What AWS would refuse, or would change back on every plan, though the embedded AWS takes it."""

from __future__ import annotations

import re

from tests.configuration import Configuration

MAY_BE_DEFAULT = {"binlog_format", "log_output", "tls_version"}
"""Parameters set to what may be the default of the family as well, so that nobody has to look it up."""


def test_the_name_of_the_master_user_is_one_that_a_cluster_takes(configuration: Configuration):
    """Letters and numbers: the underscore that an instance takes, a cluster does not (CreateDBCluster)."""
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,15}", configuration.one("aws_rds_cluster")["master_username"])


def test_no_parameter_that_may_be_the_default_is_immediate(configuration: Configuration):
    """RDS reports `pending-reboot` for a default, whatever was asked for: anything else is a change on every plan."""
    groups = (configuration.one("aws_rds_cluster_parameter_group"), configuration.one("aws_db_parameter_group"))
    methods = {one["name"]: one["apply_method"] for group in groups for one in group["parameter"]}
    assert {methods[name] for name in MAY_BE_DEFAULT} == {"pending-reboot"}
    assert "time_zone" not in methods


def test_a_plan_stops_where_a_zone_has_no_proxy(configuration: Configuration):
    """RDS Proxy drops the subnet of such a zone without a word; which letter it has differs between accounts."""
    (precondition,) = configuration.one("aws_db_proxy")["lifecycle"]["precondition"]
    zones = re.fullmatch(
        r'\$\{!contains\(data\.aws_availability_zones\.([\w-]+)\.zone_ids, "use1-az3"\)\}', precondition["condition"]
    )
    assert zones, precondition["condition"]
    (chosen,) = configuration.json["data"]["aws_availability_zones"][zones.group(1)]["filter"]
    subnets = configuration.all("aws_subnet").values()
    assert chosen["name"] == "zone-name"
    assert set(chosen["values"]) == {subnet["availability_zone"] for subnet in subnets}


def test_setting_a_domain_deploys_the_api_anew(configurations: dict[str, Configuration]):
    """Until the next deployment API Gateway's own host goes on answering, past the domain's TLS policy."""
    without, having = (configurations[name].one("aws_api_gateway_deployment") for name in ("dev", "domain"))
    assert without["triggers"] != having["triggers"]
    assert configurations["domain"].one("aws_api_gateway_rest_api")["disable_execute_api_endpoint"] is True

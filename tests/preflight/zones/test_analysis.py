"""What becomes of components when a zone is lost."""

from __future__ import annotations

import pytest

from tercet.preflight.loading import load_document
from tercet.preflight.zones import Fate, ZoneReport, analyse
from tests.configuration import Configuration
from tests.preflight.checking import check_hcl, found
from tests.preflight.network.reading import NETWORK, graph_of

S, D, U, L = Fate.SURVIVES, Fate.DEGRADED, Fate.UNDECIDABLE, Fate.LOST

GROUP = 'resource "aws_db_subnet_group" "g" {\n  subnet_ids = aws_subnet.private[*].id\n}\n'


def fates(text: str, address: str) -> tuple[Fate, ...]:
    report = analyse(graph_of(NETWORK + text))
    (component,) = [one for one in report.components if one.address == address]
    assert all(verdict.reasons for verdict in component.verdicts)
    return tuple(verdict.fate for verdict in component.verdicts)


def function(subnets: str, more: str = "") -> str:
    return f'resource "aws_lambda_function" "f" {{\n  vpc_config {{\n    subnet_ids = {subnets}\n  }}\n  {more}\n}}\n'


def database(kind: str, name: str, more: str) -> str:
    return f'resource "{kind}" "{name}" {{\n  {more}\n}}\n'


CLUSTER = GROUP + database("aws_rds_cluster", "c", "db_subnet_group_name = aws_db_subnet_group.g.name")
MEMBER = "cluster_identifier = aws_rds_cluster.c.id"
ZONES = "availability_zone = data.aws_availability_zones.up.names"


FIRST, SECOND = (f"data.aws_availability_zones.up.names[{at}]" for at in (0, 1))
NODES = "preferred_cache_cluster_azs"
CACHE = """
resource "aws_elasticache_subnet_group" "g" {
  subnet_ids = slice(aws_subnet.private[*].id, 0, 2)
}
resource "aws_elasticache_replication_group" "r" {
  subnet_group_name = aws_elasticache_subnet_group.g.name
  %s
}
"""
SEARCH = """
resource "aws_opensearch_domain" "o" {
  vpc_options {
    subnet_ids = slice(aws_subnet.private[*].id, 0, 2)
  }
  cluster_config {
    %s
  }
}
"""
ONE_ZONE = """
resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    transition {
      days          = 30
      storage_class = "ONEZONE_IA"
    }
  }
}
"""


@pytest.mark.parametrize(
    ("text", "address", "expected"),
    [
        (function("aws_subnet.private[*].id"), "aws_lambda_function.f", (D, D, D)),
        (function("[aws_subnet.private[1].id]"), "aws_lambda_function.f", (S, L, S)),
        (function("[aws_subnet.private[0].id, aws_subnet.private[1].id]"), "aws_lambda_function.f", (D, D, S)),
        (function("module.x.subnets"), "aws_lambda_function.f", (U, U, U)),
        ('resource "aws_lambda_function" "f" {\n}\n', "aws_lambda_function.f", (S, S, S)),
        ('resource "aws_sqs_queue" "q" {\n}\n', "aws_sqs_queue.q", (S, S, S)),
        ("", "aws_nat_gateway.main[0]", (D, D, D)),
        ("", "aws_vpc.main", (D, D, D)),
        (CLUSTER + database("aws_rds_cluster_instance", "i", f"count = 3\n{MEMBER}"), "aws_rds_cluster.c", (D, D, D)),
        (
            CLUSTER + database("aws_rds_cluster_instance", "i", f"count = 2\n{MEMBER}\n{ZONES}[count.index]"),
            "aws_rds_cluster.c",
            (D, D, S),
        ),
        (
            CLUSTER + database("aws_rds_cluster_instance", "i", f"count = 2\n{MEMBER}\n{ZONES}[0]"),
            "aws_rds_cluster.c",
            (L, S, S),
        ),
        (CLUSTER + database("aws_rds_cluster_instance", "i", f"{MEMBER}\n{ZONES}[2]"), "aws_rds_cluster.c", (S, S, L)),
        (CLUSTER + database("aws_rds_cluster_instance", "i", MEMBER), "aws_rds_cluster.c", (L, L, L)),
        (
            CLUSTER + 'variable "n" {}\n' + database("aws_rds_cluster_instance", "i", f"count = var.n\n{MEMBER}"),
            "aws_rds_cluster.c",
            (U, U, U),
        ),
        (CLUSTER, "aws_rds_cluster.c", (U, U, U)),
        (
            database("aws_rds_cluster", "c", 'db_cluster_instance_class = "db.m6gd.large"'),
            "aws_rds_cluster.c",
            (D, D, D),
        ),
        (database("aws_db_instance", "d", "multi_az = true"), "aws_db_instance.d", (D, D, D)),
        (database("aws_db_instance", "d", f"{ZONES}[1]"), "aws_db_instance.d", (S, L, S)),
        (database("aws_db_instance", "d", "multi_az = var.m") + 'variable "m" {}\n', "aws_db_instance.d", (U, U, U)),
        (
            database(
                "aws_elasticache_replication_group", "r", "num_cache_clusters = 2\nautomatic_failover_enabled = true"
            ),
            "aws_elasticache_replication_group.r",
            (U, U, U),
        ),
        (
            database("aws_elasticache_replication_group", "r", "num_cache_clusters = 2"),
            "aws_elasticache_replication_group.r",
            (L, L, L),
        ),
        (
            database("aws_ecs_service", "s", "network_configuration {\nsubnets = aws_subnet.private[*].id\n}"),
            "aws_ecs_service.s",
            (D, D, D),
        ),
        (database("aws_ecs_service", "s", "desired_count = 2"), "aws_ecs_service.s", (U, U, U)),
        (
            database("aws_autoscaling_group", "a", "vpc_zone_identifier = [aws_subnet.private[0].id]"),
            "aws_autoscaling_group.a",
            (L, S, S),
        ),
        (database("aws_lb", "b", "subnets = aws_subnet.public[*].id"), "aws_lb.b", (D, D, D)),
        (database("aws_efs_file_system", "e", ""), "aws_efs_file_system.e", (S, S, S)),
        (database("aws_ebs_volume", "v", f"{ZONES}[0]"), "aws_ebs_volume.v", (L, S, S)),
        (database("aws_mq_broker", "m", ""), "aws_mq_broker.m", (L, L, L)),
        (database("aws_mq_broker", "m", "subnet_ids = [aws_subnet.private[2].id]"), "aws_mq_broker.m", (S, S, L)),
        (
            SEARCH % "zone_awareness_enabled = true\ninstance_count = 3",
            "aws_opensearch_domain.o",
            (D, D, S),
        ),
        (SEARCH.replace("0, 2", "0, 1") % "instance_count = 3", "aws_opensearch_domain.o", (L, S, S)),
        (
            CACHE % f"num_cache_clusters = 2\nautomatic_failover_enabled = true\n{NODES} = [{FIRST}, {FIRST}]",
            "aws_elasticache_replication_group.r",
            (L, S, S),
        ),
        (
            CACHE % f"num_cache_clusters = 2\nautomatic_failover_enabled = false\n{NODES} = [{FIRST}, {SECOND}]",
            "aws_elasticache_replication_group.r",
            (L, S, S),
        ),
        (
            CACHE % "num_cache_clusters = 2\nautomatic_failover_enabled = true\nmulti_az_enabled = true",
            "aws_elasticache_replication_group.r",
            (D, D, S),
        ),
        (CACHE % "num_cache_clusters = 1", "aws_elasticache_replication_group.r", (L, L, S)),
        (database("aws_dax_cluster", "x", "replication_factor = 1"), "aws_dax_cluster.x", (L, L, L)),
        (database("aws_dax_cluster", "x", "replication_factor = 3"), "aws_dax_cluster.x", (D, D, D)),
        (
            database("aws_ec2_transit_gateway_vpc_attachment", "t", "subnet_ids = [aws_subnet.private[1].id]"),
            "aws_ec2_transit_gateway_vpc_attachment.t",
            (S, L, S),
        ),
        (
            database(
                "aws_route53_resolver_endpoint",
                "r",
                "ip_address {\nsubnet_id = aws_subnet.private[0].id\n}\n"
                "ip_address {\nsubnet_id = aws_subnet.private[0].id\n}",
            ),
            "aws_route53_resolver_endpoint.r",
            (L, S, S),
        ),
        (
            database("aws_s3_directory_bucket", "x", 'location {\nname = "use1-az4"\n}'),
            "aws_s3_directory_bucket.x",
            (U, U, U),
        ),
        (database("aws_s3_bucket", "b", "") + ONE_ZONE, "aws_s3_bucket.b", (D, D, D)),
        (database("aws_instance", "i", "subnet_id = aws_subnet.private[2].id"), "aws_instance.i", (S, S, L)),
    ],
)
def test_a_component(text: str, address: str, expected: tuple[Fate, ...]):
    assert fates(text, address) == expected


def test_functions_lose_their_way_out_with_a_nat_gateway_of_another_zone():
    shared = NETWORK.replace("aws_nat_gateway.main[count.index].id", "aws_nat_gateway.main[0].id")
    report = analyse(graph_of(shared + function("aws_subnet.private[*].id")))
    (component,) = [one for one in report.components if one.address == "aws_lambda_function.f"]
    first, second, _ = component.verdicts
    assert first.left == "way out lost"
    assert any("aws_route_table.private[1], of aws_subnet.private[1] in zone 2" in reason for reason in first.reasons)
    assert second.left == "2 of 3 zones"
    (gateways,) = [one for one in report.components if one.address == "aws_nat_gateway.main[0]"]
    assert gateways.verdicts[0].fate is L


CROSSED = """
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "i" { vpc_id = aws_vpc.v.id }
resource "aws_subnet" "public" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.v.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
  availability_zone = "us-east-1${each.key}"
}
resource "aws_subnet" "private" {
  for_each          = { a = 2, b = 3 }
  vpc_id            = aws_vpc.v.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
  availability_zone = "us-east-1${each.key}"
}
resource "aws_nat_gateway" "n" {
  for_each      = aws_subnet.public
  subnet_id     = each.value.id
  allocation_id = "eipalloc-${each.key}"
  depends_on    = [aws_internet_gateway.i]
}
resource "aws_route_table" "private" {
  for_each = { a = "b", b = "a" }
  vpc_id   = aws_vpc.v.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n[each.value].id
  }
}
resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
"""


def test_gateways_that_serve_the_zones_of_one_another_are_reported():
    """Whichever zone is lost, the other one loses its way out."""
    crossed = [one.address for one in found(check_hcl(CROSSED), "nat-of-another-zone")]
    assert crossed == ['aws_route_table.private["a"]', 'aws_route_table.private["b"]']
    assert found(check_hcl(CROSSED), "zone-loss") == []  # it is said once
    straight = CROSSED.replace('{ a = "b", b = "a" }', '{ a = "a", b = "b" }')
    assert found(check_hcl(straight), "nat-of-another-zone") == []


NETWORK_BALANCER = """
resource "aws_lb" "n" {
  load_balancer_type = "network"
  subnets            = aws_subnet.private[*].id
}
resource "aws_lb_target_group" "t" { vpc_id = aws_vpc.main.id }
resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.n.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.t.arn
  }
}
resource "aws_instance" "i" {
  count     = COUNT
  subnet_id = aws_subnet.private[count.index].id
}
resource "aws_lb_target_group_attachment" "t" {
  count            = COUNT
  target_group_arn = aws_lb_target_group.t.arn
  target_id        = aws_instance.i[count.index].id
}
"""


@pytest.mark.parametrize(("count", "lost"), [("1", ["aws_instance.i[0]"]), ("2", [])])
def test_the_only_target_of_a_balancer_that_was_put_into_several_zones_is_reported(count: str, lost: list[str]):
    report = check_hcl(NETWORK + NETWORK_BALANCER.replace("COUNT", count))
    assert [one.address for one in found(report, "zone-loss")] == lost


REPLICATED = """
resource "aws_elasticache_replication_group" "sessions" {
  num_cache_clusters          = 2
  preferred_cache_cluster_azs = ["us-east-1a", "us-east-1b"]
  automatic_failover_enabled  = FAILS_OVER
}
"""


@pytest.mark.parametrize(("fails_over", "lost"), [("false", 1), ("true", 0)])
def test_a_replica_in_another_zone_that_never_takes_over_is_reported(fails_over: str, lost: int):
    assert len(found(check_hcl(REPLICATED.replace("FAILS_OVER", fails_over)), "zone-loss")) == lost


def test_endpoints_stand_in_for_the_way_out():
    shared = NETWORK.replace("aws_nat_gateway.main[count.index].id", "aws_nat_gateway.main[0].id")
    asks = "environment {\n variables = {\n T = aws_dynamodb_table.t.name\n }\n }"
    endpoint = """
resource "aws_dynamodb_table" "t" {
  name = "t"
}
resource "aws_vpc_endpoint" "d" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.us-east-1.dynamodb"
  route_table_ids = aws_route_table.private[*].id
}
"""
    report = analyse(graph_of(shared + endpoint + function("aws_subnet.private[*].id", asks)))
    (component,) = [one for one in report.components if one.address == "aws_lambda_function.f"]
    assert [verdict.left for verdict in component.verdicts] == ["2 of 3 zones"] * 3


def test_what_passes_no_request_may_go_with_its_zone():
    text = database("aws_instance", "bastion", "subnet_id = aws_subnet.public[0].id") + database(
        "aws_db_instance", "replica", 'replicate_source_db = "ledger"'
    )
    assert analyse(graph_of(NETWORK + text)).lost == ()


def test_a_file_system_is_mounted_through_its_mount_targets():
    target = """
resource "aws_efs_mount_target" "e" {
  count          = %s
  file_system_id = aws_efs_file_system.e.id
  subnet_id      = aws_subnet.private[count.index].id
}
"""
    system = database("aws_efs_file_system", "e", "")
    assert fates(system + target % 1, "aws_efs_file_system.e") == (D, S, S)
    assert fates(system + target % 2, "aws_efs_file_system.e") == (S, S, S)
    assert fates(system + target % "var.n", "aws_efs_file_system.e") == (S, S, S)


def test_an_instance_behind_a_name_counts():
    text = database("aws_instance", "web", "subnet_id = aws_subnet.public[0].id") + database(
        "aws_route53_record", "web", "records = [aws_instance.web.public_ip]"
    )
    assert [one.address for one in analyse(graph_of(NETWORK + text)).lost] == ["aws_instance.web"]


def test_instances_of_one_target_group_stand_in_for_one_another():
    text = """
resource "aws_instance" "web" {
  count     = 2
  subnet_id = aws_subnet.private[%s].id
}
resource "aws_lb_target_group" "web" {
}
resource "aws_lb_target_group_attachment" "web" {
  count            = 2
  target_group_arn = aws_lb_target_group.web.arn
  target_id        = aws_instance.web[count.index].id
}
"""
    assert analyse(graph_of(NETWORK + text % "count.index")).lost == ()
    assert len(analyse(graph_of(NETWORK + text % "0")).lost) == 2


@pytest.mark.parametrize(
    ("count", "fate"),
    [(3, D), (1, L)],
)
@pytest.mark.parametrize(
    ("kind", "argument"), [("aws_autoscaling_group", "vpc_zone_identifier"), ("aws_eks_node_group", "subnet_ids")]
)
def test_groups_of_one_zone_each_stand_in_for_one_another(kind: str, argument: str, count: int, fate: Fate):
    """So volumes, which are of one zone, stay with their instances."""
    text = database(kind, "g", f"count = {count}\n{argument} = [aws_subnet.private[count.index].id]")
    assert fates(text, f"{kind}.g[0]") == (fate, S, S)


def test_a_group_for_something_else_stands_in_for_nothing():
    text = database("aws_autoscaling_group", "a", "vpc_zone_identifier = [aws_subnet.private[0].id]") + database(
        "aws_autoscaling_group", "b", "vpc_zone_identifier = aws_subnet.private[*].id"
    )
    assert fates(text, "aws_autoscaling_group.a") == (L, S, S)


NAMED = """
resource "aws_instance" "web" {
  count     = 2
  subnet_id = aws_subnet.public[%s].id
}
resource "aws_eip" "web" {
  count    = 2
  instance = aws_instance.web[count.index].id
}
resource "aws_route53_record" "web" {
  count          = 2
  zone_id        = "Z1"
  name           = "api"
  set_identifier = count.index
  records        = [aws_eip.web[count.index].public_ip]
}
"""


@pytest.mark.parametrize(("subnet", "lost"), [("count.index", 0), ("0", 2)])
def test_records_of_one_name_stand_in_for_one_another(subnet: str, lost: int):
    """Route 53 answers with those that are healthy, whatever lies between the record and the instance."""
    assert len(analyse(graph_of(NETWORK + NAMED % subnet)).lost) == lost


def test_without_zones_there_is_one_that_stands_for_any():
    report = analyse(graph_of('resource "aws_sqs_queue" "q" {\n}\n'))
    assert [str(zone) for zone in report.zones] == ["any zone"]
    assert report.whole == (S,)
    assert not report.spans_zones


def test_nothing_of_an_empty_configuration_is_lost():
    assert analyse(graph_of('terraform {\n  required_version = ">= 1.10"\n}\n')).components == ()


@pytest.mark.parametrize("name", ["dev", "prod", "elsewhere", "domain", "experiment"])
def test_the_platform_itself_loses_nothing(name: str, configurations: dict[str, Configuration]):
    report: ZoneReport = analyse(load_document(configurations[name].json, "cdk.tf.json"))
    assert len(report.zones) == 3
    assert report.lost == ()
    assert set(report.whole) == {D}
    assert all(one.worst is not U for one in report.components)

"""By which argument each kind of component gets into a second zone."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource

_FIXES: Final[dict[str, tuple[str, str]]] = {
    "aws_db_instance": ("multi_az", "Set multi_az = true."),
    "aws_docdb_cluster": ("cluster_identifier", "Add an aws_docdb_cluster_instance in another zone."),
    "aws_neptune_cluster": ("cluster_identifier", "Add an aws_neptune_cluster_instance in another zone."),
    "aws_rds_cluster": ("cluster_identifier", "Add an aws_rds_cluster_instance in another zone."),
    "aws_db_proxy": ("vpc_subnet_ids", "Add subnets of other zones to vpc_subnet_ids."),
    "aws_ecs_service": ("network_configuration", "Add subnets of other zones to network_configuration.subnets."),
    "aws_autoscaling_group": ("vpc_zone_identifier", "Add subnets of other zones to vpc_zone_identifier."),
    "aws_eks_node_group": ("subnet_ids", "Add subnets of other zones to subnet_ids."),
    "aws_instance": ("subnet_id", "Run a second instance in another zone behind the same target group."),
    "aws_lb": ("subnets", "Add subnets of other zones to subnets."),
    "aws_elb": ("subnets", "Add subnets of other zones to subnets."),
    "aws_elasticache_cluster": (
        "num_cache_nodes",
        "Use an aws_elasticache_replication_group with a replica, automatic_failover_enabled and multi_az_enabled.",
    ),
    "aws_elasticache_replication_group": (
        "automatic_failover_enabled",
        "Give it at least two nodes, and set automatic_failover_enabled and multi_az_enabled to true.",
    ),
    "aws_dax_cluster": ("replication_factor", "Set replication_factor to 3, one node for each zone."),
    "aws_apigatewayv2_vpc_link": ("subnet_ids", "Add subnets of other zones to subnet_ids."),
    "aws_apprunner_vpc_connector": ("subnets", "Add subnets of other zones to subnets."),
    "aws_eks_fargate_profile": ("subnet_ids", "Add subnets of other zones to subnet_ids."),
    "aws_networkfirewall_firewall": ("subnet_mapping", "Add a subnet_mapping for each zone."),
    "aws_route53_resolver_endpoint": ("ip_address", "Give each ip_address a subnet of another zone."),
    "aws_memorydb_cluster": ("num_replicas_per_shard", "Set num_replicas_per_shard to 1 or more."),
    "aws_mq_broker": ("deployment_mode", 'Set deployment_mode = "ACTIVE_STANDBY_MULTI_AZ".'),
    "aws_opensearch_domain": (
        "cluster_config",
        "Set zone_awareness_enabled = true and instance_count to 2 or more in cluster_config.",
    ),
    "aws_efs_file_system": (
        "availability_zone_name",
        "Remove availability_zone_name: the file system is then regional.",
    ),
    "aws_s3_directory_bucket": ("location", "Keep it in a bucket that is regional."),
}


def fix_for(resource: Resource) -> tuple[str, str]:
    """Return the argument that is wrong, and what to do."""
    return _FIXES.get(resource.type, ("", "Give it a part in a second zone."))

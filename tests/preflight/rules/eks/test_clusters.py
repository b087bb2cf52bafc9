"""Near misses of the rules of EKS."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
SUBNETS = 'subnet_ids = ["subnet-1", "subnet-2"]'


def cluster(*lines: str, network: str = SUBNETS) -> str:
    return block("aws_eks_cluster", "c", "\n".join(('name = "c"', f"vpc_config {{\n{network}\n}}", *lines)))


def nodes(*lines: str, template: str | None = "") -> str:
    more = "launch_template {\nid = aws_launch_template.t.id\nversion = 1\n}" if template is not None else ""
    own = block("aws_launch_template", "t", f'name = "t"\n{template}') if template is not None else ""
    return own + block("aws_eks_node_group", "n", "\n".join(("scaling_config {\nmin_size = 1\n}", *lines, more)))


NETWORK = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.v.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
  availability_zone = ["us-east-1a", "us-east-1b"][count.index]
}
"""

CASES = [
    ("eks-cluster-arguments", cluster('version = "1.33"'), UNDECIDED),  # its subnets are elsewhere
    ("eks-cluster-arguments", cluster("version = 1.33"), UNDECIDED),
    ("eks-cluster-arguments", cluster("version = 1.30"), FOUND),
    ("eks-cluster-arguments", cluster('version = "1.33.1"'), FOUND),
    ("eks-cluster-arguments", UNKNOWN + cluster("version = var.unknown"), UNDECIDED),
    ("eks-cluster-arguments", NETWORK + cluster(network="subnet_ids = aws_subnet.s[*].id"), SILENT),
    ("eks-cluster-arguments", NETWORK + cluster(network="subnet_ids = [aws_subnet.s[0].id]"), FOUND),
    (
        "eks-cluster-arguments",
        NETWORK
        + cluster(
            'outpost_config {\ncontrol_plane_instance_type = "m5.large"\n}', network="subnet_ids = [aws_subnet.s[0].id]"
        ),
        SILENT,
    ),
    ("eks-cluster-arguments", cluster(network=f"{SUBNETS}\nendpoint_public_access = false"), FOUND),
    (
        "eks-cluster-arguments",
        UNKNOWN + cluster(network=f"{SUBNETS}\nendpoint_public_access = false\nendpoint_private_access = var.unknown"),
        UNDECIDED,
    ),
    ("eks-node-group-template", nodes('instance_types = ["m7i.large"]'), SILENT),
    ("eks-node-group-template", nodes('instance_types = ["m7g.large"]'), FOUND),
    ("eks-node-group-template", nodes('instance_types = ["m7g.large"]', 'ami_type = "AL2023_ARM_64_STANDARD"'), SILENT),
    ("eks-node-group-template", nodes('instance_types = ["m7g.large"]', 'ami_type = "BOTTLEROCKET_ARM_64"'), SILENT),
    ("eks-node-group-template", nodes('instance_types = ["m7g.large"]', template='image_id = "ami-1"'), SILENT),
    ("eks-node-group-template", nodes('instance_types = ["m7g.large"]', 'ami_type = "CUSTOM"', template=None), SILENT),
    ("eks-node-group-template", nodes("instance_types = null", template='instance_type = "m7g.large"'), FOUND),
    ("eks-node-group-template", nodes("disk_size = null"), SILENT),
    ("eks-node-group-template", nodes("disk_size = 50", template=None), SILENT),
    ("eks-node-group-template", UNKNOWN + nodes("disk_size = var.unknown"), UNDECIDED),
    (
        "eks-node-group-template",
        nodes('dynamic "remote_access" {\nfor_each = []\ncontent {\nec2_ssh_key = "k"\n}\n}'),
        SILENT,
    ),
    (
        "eks-node-group-template",
        nodes('instance_types = ["m7g.large"]').replace("aws_launch_template.t.id", '"lt-1"'),
        SILENT,
    ),
    ("eks-fargate-public-subnet", block("aws_eks_fargate_profile", "p", SUBNETS), UNDECIDED),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


TRUST = '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }'
ROLE = block(
    "aws_iam_role",
    "n",
    f'name = "n"\nassume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{TRUST}] }})',
)


def attached(*names: str) -> str:
    return "".join(
        block(
            "aws_iam_role_policy_attachment",
            f"p{at}",
            f'role = aws_iam_role.n.name\npolicy_arn = "arn:aws:iam::aws:policy/{name}"',
        )
        for at, name in enumerate(names)
    )


WORKER = "AmazonEKSWorkerNodePolicy"


@pytest.mark.parametrize(
    ("policies", "lines", "template", "expected"),
    [
        ((WORKER, "AmazonEC2ContainerRegistryReadOnly"), (), "", SILENT),
        ((WORKER, "AmazonEC2ContainerRegistryPullOnly"), (), "", SILENT),
        ((WORKER,), (), "", FOUND),
        ((WORKER,), (), 'image_id = "ami-1"', SILENT),
        ((WORKER,), ('ami_type = "CUSTOM"',), None, SILENT),
    ],
)
def test_what_nodes_do_with_their_role(policies: tuple[str, ...], lines: tuple[str, ...], template: str, expected: str):
    text = ROLE + attached(*policies) + nodes("node_role_arn = aws_iam_role.n.arn", *lines, template=template)
    assert verdict("role-lacks-permissions", text) == expected

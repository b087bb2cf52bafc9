"""Near misses of the rules of instances, templates and volumes."""

from __future__ import annotations

import pytest

from tercet.preflight.check import Options
from tercet.preflight.rules.ec2._processors import processor_of_type
from tests.preflight.as_json import as_json
from tests.preflight.checking import check_hcl, check_json_file, found
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
VPC = block("aws_vpc", "v", 'cidr_block = "10.0.0.0/16"')
ROLE = block("aws_iam_role", "r", 'name = "app"\nassume_role_policy = "{}"')
AMI = 'data "aws_ami" "a" {\nmost_recent = true\nfilter {\nname = "name"\nvalues = [%s]\n}\n}\n'


def route(*lines: str) -> str:
    return VPC + block("aws_route", "r", "\n".join(("route_table_id = aws_vpc.v.main_route_table_id", *lines)))


def template(*lines: str) -> str:
    return block("aws_launch_template", "t", "\n".join(('name = "t"', *lines)))


def group(body: str = "launch_template {\nid = aws_launch_template.t.id\n}") -> str:
    return block(
        "aws_autoscaling_group", "g", f'min_size = 1\nmax_size = 2\nvpc_zone_identifier = ["subnet-1"]\n{body}'
    )


def volume(*lines: str) -> str:
    return block("aws_ebs_volume", "v", "\n".join(('availability_zone = "us-east-1a"', "size = 100", *lines)))


MIXED = "mixed_instances_policy {\nlaunch_template {\nlaunch_template_specification {\nlaunch_template_id = aws_launch_template.t.id\n}\n%s\n}\n}"  # noqa: E501
EVERYWHERE = 'destination_cidr_block = "0.0.0.0/0"'
GATEWAY = block("aws_internet_gateway", "g", "vpc_id = aws_vpc.v.id")
INSTANCE = 'ami = "ami-1"\ninstance_type = "m6i.large"\n'

CASES = [
    # A value that is not known may be null, and one of several; what is null by a default may be set by a caller.
    ("compute-argument-choice", UNKNOWN + route(EVERYWHERE, "gateway_id = var.unknown"), SILENT),
    ("compute-argument-choice", UNKNOWN + route(EVERYWHERE, "gateway_id = var.unknown", 'nat_gateway_id = "nat-1"'), SILENT),  # noqa: E501
    ("compute-argument-choice", route(EVERYWHERE), FOUND),
    ("compute-argument-choice", route(EVERYWHERE, "gateway_id = null"), SILENT),
    ("compute-argument-choice", route(EVERYWHERE, 'gateway_id = ""', 'nat_gateway_id = "nat-1"'), SILENT),
    ("compute-argument-choice", GATEWAY + route(EVERYWHERE, "count = 0"), SILENT),
    ("compute-argument-choice", GATEWAY + route(EVERYWHERE, "gateway_id = one(aws_internet_gateway.g[*].id)"), SILENT),
    (
        "compute-argument-choice",
        GATEWAY + route(EVERYWHERE, "gateway_id = aws_internet_gateway.g.id", 'nat_gateway_id = "nat-1"'),
        FOUND,
    ),
    ("compute-argument-choice", group("dynamic \"launch_template\" {\nfor_each = [1]\ncontent {\nid = \"lt-1\"\n}\n}"), SILENT),  # noqa: E501
    ("compute-argument-choice", group("dynamic \"launch_template\" {\nfor_each = []\ncontent {\nid = \"lt-1\"\n}\n}"), SILENT),  # noqa: E501
    ("compute-argument-choice", UNKNOWN + group("dynamic \"launch_template\" {\nfor_each = var.unknown\ncontent {\nid = \"lt-1\"\n}\n}"), UNDECIDED),  # noqa: E501
    ("compute-argument-choice", block("aws_security_group_rule", "r", 'cidr_blocks = ["10.0.0.0/8"]\nself = false'), SILENT),  # noqa: E501
    ("compute-argument-choice", block("aws_launch_template", "t", 'name = "t"\nname_prefix = null'), SILENT),
    ("compute-argument-choice", block("aws_instance", "i", 'launch_template {\nname = "t"\n}'), SILENT),
    ("ebs-volume-arguments", volume('type = "gp3"'), SILENT),
    ("ebs-volume-arguments", volume('type = "gp3"', "iops = 3000", "throughput = 125"), SILENT),
    ("ebs-volume-arguments", volume('type = "gp3"', "iops = 50001"), FOUND),
    ("ebs-volume-arguments", volume('type = "gp3"', "iops = 500"), FOUND),
    ("ebs-volume-arguments", volume('type = "io1"', "iops = 5000"), SILENT),
    ("ebs-volume-arguments", volume('type = "io1"', "iops = 5001"), FOUND),
    ("ebs-volume-arguments", volume("iops = 500"), FOUND),
    ("ebs-volume-arguments", volume('type = "gp2"', "iops = null", "throughput = 0"), SILENT),
    ("ebs-volume-arguments", UNKNOWN + volume("type = var.unknown", "iops = 500"), UNDECIDED),
    ("ebs-volume-arguments", volume('type = "gp9"', "iops = 500"), SILENT),
    # A root volume whose size is the image's, and whose type is not said: nothing is known of it.
    ("ebs-volume-arguments", block("aws_instance", "i", INSTANCE + "root_block_device {\niops = 9000\n}"), SILENT),
    ("ebs-volume-arguments", template('block_device_mappings {\nebs {\nvolume_type = "gp2"\niops = 300\n}\n}'), FOUND),
    ("user-data-form", template('user_data = filebase64("x.sh")'), SILENT),
    ("user-data-form", UNKNOWN + template("user_data = base64encode(var.unknown)"), SILENT),
    ("user-data-form", UNKNOWN + template('user_data = "#!/bin/bash\\necho ${var.unknown}"'), FOUND),
    ("user-data-form", UNKNOWN + template("user_data = var.unknown"), SILENT),
    ("user-data-form", template('user_data = ""'), SILENT),
    ("user-data-form", template("user_data = <<-EOT\n#!/bin/bash\nEOT"), FOUND),
    ("user-data-form", template("user_data = <<-EOT\n${base64encode(\"#!/bin/bash\")}\nEOT"), SILENT),
    ("user-data-form", block("aws_instance", "i", INSTANCE + 'user_data = "#!/bin/bash"'), SILENT),
    ("launch-template-unusable", template('network_interfaces {\nsecurity_groups = ["sg-1"]\n}'), SILENT),
    (
        "launch-template-unusable",
        template("network_interfaces {\ndevice_index = 0\n}", "vpc_security_group_ids = []"),
        SILENT,
    ),
    ("launch-template-unusable", template() + group(), FOUND),
    ("launch-template-unusable", UNKNOWN + template("image_id = var.unknown") + group(), SILENT),
    ("launch-template-unusable", template() + group(MIXED % ""), FOUND),
    ("launch-template-unusable", template() + group(MIXED % 'override {\nlaunch_template_specification {\nlaunch_template_id = "lt-1"\n}\n}'), SILENT),  # noqa: E501
    # EKS gives a node group's template its image.
    ("launch-template-unusable", template() + block("aws_eks_node_group", "n", "launch_template {\nid = aws_launch_template.t.id\n}"), SILENT),  # noqa: E501
    ("wrong-attribute", VPC + block("aws_subnet", "s", 'vpc_id = aws_vpc.v.id\ncidr_block = "10.0.0.0/24"'), SILENT),
    ("wrong-attribute", VPC + block("aws_subnet", "s", "vpc_id = aws_vpc.v.cidr_block"), FOUND),
    ("wrong-attribute", VPC + block("aws_subnet", "s", 'vpc_id = "${aws_vpc.v.arn}"'), FOUND),
    ("wrong-attribute", ROLE + block("aws_eks_cluster", "c", "role_arn = aws_iam_role.r.name"), FOUND),
    ("wrong-attribute", ROLE + block("aws_eks_cluster", "c", 'role_arn = "arn:aws:iam::123456789012:role/${aws_iam_role.r.name}"'), SILENT),  # noqa: E501
    ("wrong-attribute", ROLE.replace('name = "app"', 'name_prefix = "app"') + block("aws_ecs_task_definition", "t", "task_role_arn = aws_iam_role.r.name"), SILENT),  # noqa: E501
    ("wrong-attribute", 'data "aws_vpc" "v" {\ndefault = true\n}\n' + block("aws_subnet", "s", "vpc_id = data.aws_vpc.v.arn"), SILENT),  # noqa: E501
    ("wrong-attribute", block("aws_lb_target_group", "g", 'name = "g"') + group('target_group_arns = [aws_lb_target_group.g.id]\nlaunch_template {\nid = "lt-1"\n}'), SILENT),  # noqa: E501
    ("wrong-attribute", block("aws_security_group", "g", 'name = "g"') + block("aws_instance", "i", INSTANCE + "security_groups = [aws_security_group.g.name]"), SILENT),  # noqa: E501
    ("instance-profile-reference", ROLE + block("aws_instance", "i", INSTANCE + "iam_instance_profile = aws_iam_role.r.name"), FOUND),  # noqa: E501
    ("instance-profile-reference", ROLE + block("aws_iam_instance_profile", "p", "name = aws_iam_role.r.name") + block("aws_instance", "i", INSTANCE + "iam_instance_profile = aws_iam_role.r.name"), SILENT),  # noqa: E501
    ("instance-profile-reference", block("aws_instance", "i", INSTANCE + 'iam_instance_profile = "app"'), SILENT),
    ("instance-profile-reference", 'data "aws_iam_role" "r" {\nname = "app"\n}\n' + block("aws_instance", "i", INSTANCE + "iam_instance_profile = data.aws_iam_role.r.name"), SILENT),  # noqa: E501
    ("instance-processor", AMI % '"al2023-ami-*-x86_64"' + block("aws_instance", "i", 'ami = data.aws_ami.a.id\ninstance_type = "t4g.micro"'), FOUND),  # noqa: E501
    ("instance-processor", AMI % '"al2023-ami-*"' + block("aws_instance", "i", 'ami = data.aws_ami.a.id\ninstance_type = "t4g.micro"'), SILENT),  # noqa: E501
    ("instance-processor", AMI % '"*-x86_64", "*-arm64"' + block("aws_instance", "i", 'ami = data.aws_ami.a.id\ninstance_type = "t4g.micro"'), SILENT),  # noqa: E501
    ("instance-processor", UNKNOWN + AMI % '"*-${var.unknown}"' + block("aws_instance", "i", 'ami = data.aws_ami.a.id\ninstance_type = "t4g.micro"'), SILENT),  # noqa: E501
    ("instance-processor", 'data "aws_ssm_parameter" "a" {\nname = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"\n}\n' + template("image_id = data.aws_ssm_parameter.a.value", 'instance_type = "m7i.large"'), FOUND),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("t4g.micro", "arm64"),
        ("c7gn.large", "arm64"),
        ("im4gn.large", "arm64"),
        ("a1.large", "arm64"),
        ("g5.xlarge", "x86_64"),
        ("g5g.xlarge", "arm64"),
        ("m7i-flex.large", "x86_64"),
        ("u7i-12tb.224xlarge", "x86_64"),
        ("p6e-gb200.36xlarge", None),
        ("mac2.metal", None),
        ("large", None),
    ],
)
def test_processors(name: str, expected: str | None):
    assert processor_of_type(name) == expected


ZONES = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
data "aws_availability_zones" "all" {}
resource "aws_subnet" "s" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = data.aws_availability_zones.all.names[0]
}
resource "aws_instance" "i" {
  ami           = "ami-1"
  instance_type = "m6i.large"
  subnet_id     = aws_subnet.s.id
}
resource "aws_ebs_volume" "v" {
  availability_zone = ZONE
  size              = 10
}
resource "aws_volume_attachment" "a" {
  device_name = "/dev/sdf"
  instance_id = aws_instance.i.id
  volume_id   = aws_ebs_volume.v.id
}
"""


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("aws_instance.i.availability_zone", SILENT),
        ("aws_subnet.s.availability_zone", SILENT),
        ("data.aws_availability_zones.all.names[0]", SILENT),
        ("data.aws_availability_zones.all.names[1]", FOUND),
        ('"us-east-1a"', SILENT),
    ],
)
def test_zones_of_volumes(zone: str, expected: str):
    assert verdict("ebs-attachment-zone", ZONES.replace("ZONE", zone)) == expected


def test_a_module_gets_what_its_caller_has():
    inside = 'variable "subnet" {}\n' + block("aws_instance", "i", INSTANCE + "subnet_id = var.subnet")
    outside = VPC + block("aws_subnet", "s", 'vpc_id = aws_vpc.v.id\ncidr_block = "10.0.0.0/24"')
    for attribute, expected in (("arn", 1), ("id", 0)):
        call = f'module "m" {{\n  source = "./modules/m"\n  subnet = aws_subnet.s.{attribute}\n}}\n'
        options = Options(select=("wrong-attribute",))
        report = check_hcl(outside + call, options=options, modules__m__main=inside)
        assert len(found(report, "wrong-attribute")) == expected


@pytest.mark.parametrize("rule", ["compute-argument-choice", "wrong-attribute"])
def test_instances_of_for_each_in_json(rule: str):
    body = 'for_each = toset(["a", "b"])\ndestination_cidr_block = "10.1.0.0/16"'
    text = VPC + block("aws_route", "r", f"route_table_id = aws_vpc.v.arn\n{body}")
    text += block("aws_subnet", "s", 'for_each = toset(["10.0.0.0/24"])\ncidr_block = each.key\nvpc_id = aws_vpc.v.arn')
    assert found(check_json_file(as_json(text), options=Options(select=(rule,))), rule)

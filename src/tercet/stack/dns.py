"""How the API is found: always from within the VPC, and by a public name where one is owned."""

from __future__ import annotations

from cdktn import TerraformResourceLifecycle
from cdktn_provider_aws.acm_certificate import AcmCertificate
from cdktn_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktn_provider_aws.api_gateway_base_path_mapping import ApiGatewayBasePathMapping
from cdktn_provider_aws.api_gateway_domain_name import (
    ApiGatewayDomainName,
    ApiGatewayDomainNameEndpointConfiguration,
)
from cdktn_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktn_provider_aws.route53_record import Route53Record, Route53RecordAlias
from cdktn_provider_aws.route53_zone import Route53Zone, Route53ZoneVpc
from constructs import Construct

from tercet.stack.api import Api
from tercet.stack.deployment import PRODUCT, Deployment
from tercet.stack.network import HTTPS_PORT, Network

_TTL_S = 60
"""How long an answer is kept: a moved API is found within a minute."""


class Dns(Construct):
    """A private hosted zone that tells where the API is and, with a ``domain``, the API's public name.

    The private zone's name ends in ``.internal``, which ICANN reserved for private use in 2024: it needs no delegation,
    and nobody can own it outside. Its records are of service discovery (RFC 2782; the path as in RFC 6763, section 6):

    - ``SRV _https._tcp.payments.<zone>`` names the host and port to call,
    - ``TXT`` of the same name holds ``path=<prefix of every path>``.

    A CNAME or alias would promise what TLS cannot keep: its caller asks for a certificate for the private name, and no
    public authority issues one. An SRV record makes the caller go to, and verify, the host that has the certificate.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, deployment: Deployment, network: Network, api: Api
    ) -> None:
        super().__init__(scope, construct_id)
        settings = deployment.settings
        self.zone_name = f"{PRODUCT}-{settings.environment_suffix}.internal"
        zone = Route53Zone(
            self,
            "private-zone",
            name=self.zone_name,
            comment="Tells where the payment API is",
            force_destroy=not deployment.settings.protect,
            vpc=[Route53ZoneVpc(vpc_id=network.vpc_id)],
        )
        self.zone_id = zone.zone_id
        # With a domain, API Gateway's own host answers no more, and the stage is mapped to the domain's root.
        host, path = (settings.domain, "/") if settings.domain else (api.execution_host, f"/{api.stage_name}")
        service = f"_https._tcp.payments.{self.zone_name}"
        for kind, value in {"SRV": f"0 0 {HTTPS_PORT} {host}", "TXT": f"path={path}"}.items():
            Route53Record(
                self,
                f"discovery-{kind.lower()}",
                zone_id=zone.zone_id,
                name=service,
                type=kind,
                ttl=_TTL_S,
                records=[value],
            )
        if settings.domain and settings.hosted_zone:
            self._publish(settings.domain, settings.hosted_zone, api)

    def _publish(self, domain: str, hosted_zone: str, api: Api) -> None:
        """Give the API its public name, in an existing zone: one made here would be delegated by nobody."""
        zone = DataAwsRoute53Zone(self, "public-zone", name=hosted_zone, private_zone=False)
        certificate = AcmCertificate(
            self,
            "certificate",
            domain_name=domain,
            validation_method="DNS",
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        # One name, hence one option: by its index the plan needs to know nothing of it beforehand, as for_each would.
        option = certificate.domain_validation_options.get(0)
        proof = Route53Record(
            self,
            "certificate-proof",
            zone_id=zone.zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            ttl=_TTL_S,
            records=[option.resource_record_value],
        )
        validation = AcmCertificateValidation(
            self,
            "certificate-validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[proof.fqdn],
        )
        name = ApiGatewayDomainName(
            self,
            "domain-name",
            domain_name=domain,
            regional_certificate_arn=validation.certificate_arn,
            security_policy="TLS_1_2",
            endpoint_configuration=ApiGatewayDomainNameEndpointConfiguration(types=["REGIONAL"]),
        )
        ApiGatewayBasePathMapping(
            self,
            "mapping",
            api_id=api.rest_api_id,
            stage_name=api.deployed_stage,
            domain_name=name.domain_name,
        )
        # No AAAA record: the endpoint is IPv4 only. The firewall limits each address, and whoever has IPv6 has 2^64.
        Route53Record(
            self,
            "public-name",
            zone_id=zone.zone_id,
            name=domain,
            type="A",
            alias=Route53RecordAlias(
                name=name.regional_domain_name, zone_id=name.regional_zone_id, evaluate_target_health=True
            ),
        )

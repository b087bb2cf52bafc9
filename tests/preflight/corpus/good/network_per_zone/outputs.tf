output "vpc_id" {
  value = aws_vpc.this.id
}

output "private_subnet_ids" {
  value = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "nat_addresses" {
  value = sort([for address in aws_eip.nat : address.public_ip])
}

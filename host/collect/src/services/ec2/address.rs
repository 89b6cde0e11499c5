//! Where traffic arrives: `AWS::EC2::NetworkInterface`, `AWS::EC2::EIP`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::{Eip, EipKind, NetworkInterface, NetworkInterfaceKind};

use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text};
use crate::harvest::Harvest;
use crate::services::listing::{list_pages, read_each};

const LIST_INTERFACES: Declaration =
    super::call("DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces");
const LIST_ADDRESSES: Declaration = super::call("DescribeAddresses", "ec2:DescribeAddresses");

pub(super) const INTERFACE: Product =
    super::product(NetworkInterfaceKind::TYPE, &[LIST_INTERFACES]);
pub(super) const ADDRESS: Product = super::product(EipKind::TYPE, &[LIST_ADDRESSES]);

pub(super) async fn list_interfaces(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_network_interfaces().max_results(super::PAGE);
    list_pages!(
        context,
        region,
        LIST_INTERFACES,
        request,
        network_interfaces,
        interface
    )
}

/// One answer has all addresses.
pub(super) async fn list_addresses(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    match context.session.call(ec2.describe_addresses().send()).await {
        Ok(answer) => {
            let mut harvest = Harvest::default();
            let at = (context, region);
            read_each(
                &mut harvest,
                at,
                LIST_ADDRESSES,
                answer.addresses(),
                address,
            );
            harvest
        }
        Err(failure) => Harvest::failed(&[EipKind::TYPE], LIST_ADDRESSES, region, &failure),
    }
}

fn interface(
    context: &Context<'_>,
    region: &str,
    answer: &types::NetworkInterface,
) -> Result<NetworkInterface, Failure> {
    let id = answer.network_interface_id().unwrap_or_default();
    let owner = super::owner(context, answer.owner_id());
    let arn = context.arn_of("ec2", region, owner, &format!("network-interface/{id}"))?;
    let mut interface = NetworkInterface::new(arn, context.session.account().clone(), region);
    interface.tags = super::tags(answer.tag_set());
    let config = &mut interface.config;
    config.id = text(Some(id)).into();
    config.subnet_id = text(answer.subnet_id()).into();
    let groups = answer.groups().iter();
    config.group_set = sorted(groups.filter_map(|group| text(group.group_id()))).into();
    config.private_ip_address = text(answer.private_ip_address()).into();
    config.interface_type = text(answer.interface_type().map(|it| it.as_str())).into();
    config.source_dest_check = answer.source_dest_check().into();
    config.description = text(answer.description()).into();
    let observed = &mut interface.observed;
    observed.vpc_id = text(answer.vpc_id()).into();
    observed.status = text(answer.status().map(|it| it.as_str())).into();
    let attachment = answer.attachment();
    observed.instance_id = attachment.and_then(|one| text(one.instance_id())).into();
    let association = answer.association();
    observed.public_ip = association.and_then(|one| text(one.public_ip())).into();
    let v6 = answer.ipv6_addresses().iter();
    observed.ipv6_addresses = sorted(v6.filter_map(|one| text(one.ipv6_address()))).into();
    observed.requester_id = text(answer.requester_id()).into();
    observed.requester_managed = answer.requester_managed().into();
    Ok(interface)
}

fn address(context: &Context<'_>, region: &str, answer: &types::Address) -> Result<Eip, Failure> {
    let id = answer.allocation_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("elastic-ip/{id}"))?;
    let mut address = Eip::new(arn, context.session.account().clone(), region);
    address.tags = super::tags(answer.tags());
    address.config.allocation_id = text(Some(id)).into();
    address.config.public_ip = text(answer.public_ip()).into();
    address.config.instance_id = text(answer.instance_id()).into();
    address.observed.association_id = text(answer.association_id()).into();
    address.observed.network_interface_id = text(answer.network_interface_id()).into();
    Ok(address)
}

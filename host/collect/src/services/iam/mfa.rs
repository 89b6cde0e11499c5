//! MFA devices: which users have which kinds.
//!
//! One listing has the virtual devices of all users. If there are as many of them as devices in
//! use at all, nobody has a device of another kind and no user need be asked.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{AssignmentStatusType, MfaDevice as Answer, VirtualMfaDevice};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::iam::MfaDevice;
use blastwall_model::resources::{RootUserKind, User, UserKind};
use blastwall_model::{Arn, Kind};

use super::account::Summary;
use crate::context::Context;
use crate::convert::time;
use crate::pages::pages;

pub(super) const LIST: Declaration = super::call("ListMFADevices", "iam:ListMFADevices");
pub(super) const LIST_VIRTUAL: Declaration =
    super::call("ListVirtualMFADevices", "iam:ListVirtualMFADevices");

/// The count of the account summary that both are compared with.
const IN_USE: &str = "MFADevicesInUse";

/// Devices by the ARN of their user.
type ByUser = BTreeMap<String, Vec<MfaDevice>>;

/// The virtual devices that are assigned to anyone.
#[derive(Debug)]
pub(super) struct Devices {
    assigned: Result<ByUser, Failure>,
    /// Whether there are no others.
    are_all: bool,
}

/// Asks for the virtual devices; for none if nothing that is wanted needs them.
pub(super) async fn virtual_devices(
    context: &Context<'_>,
    iam: &Client,
) -> Result<ByUser, Failure> {
    let mut assigned = ByUser::new();
    if context
        .wanted(&[UserKind::TYPE, RootUserKind::TYPE])
        .is_empty()
    {
        return Ok(assigned);
    }
    let stream = iam
        .list_virtual_mfa_devices()
        .assignment_status(AssignmentStatusType::Assigned)
        .into_paginator()
        .send();
    pages(context.session, stream, |page| {
        for device in page.virtual_mfa_devices() {
            if let Some(user) = device.user() {
                let devices = assigned.entry(user.arn().to_owned()).or_default();
                devices.push(convert_virtual(device));
            }
        }
    })
    .await?;
    for devices in assigned.values_mut() {
        devices.sort_by(|one, other| one.serial_number.cmp(&other.serial_number));
    }
    Ok(assigned)
}

impl Devices {
    pub(super) fn new(
        assigned: Result<ByUser, Failure>,
        summary: Option<&Result<Summary, Failure>>,
    ) -> Self {
        let in_use = summary
            .and_then(|summary| summary.as_ref().ok())
            .and_then(|summary| summary.get(IN_USE))
            .and_then(|count| usize::try_from(*count).ok());
        let listed = assigned
            .as_ref()
            .ok()
            .map(|assigned| assigned.values().map(Vec::len).sum());
        Self {
            are_all: in_use.is_some() && in_use == listed,
            assigned,
        }
    }

    /// The virtual devices of a user or of the root user.
    pub(super) fn virtual_of(&self, user: &Arn) -> Result<&[MfaDevice], &Failure> {
        let assigned = self.assigned.as_ref()?;
        Ok(assigned.get(user.as_str()).map_or(&[], Vec::as_slice))
    }

    /// All devices of a user; `active` is what is known of whether there are any.
    pub(super) async fn of(
        &self,
        context: &Context<'_>,
        iam: &Client,
        user: &User,
        active: Option<bool>,
    ) -> Result<Vec<MfaDevice>, Failure> {
        if self.are_all
            && let Ok(devices) = self.virtual_of(&user.arn)
            // Should count and listing differ after all, the user is asked.
            && (active != Some(true) || !devices.is_empty())
        {
            return Ok(devices.to_vec());
        }
        list(context, iam, super::name(user)).await
    }
}

async fn list(context: &Context<'_>, iam: &Client, user: &str) -> Result<Vec<MfaDevice>, Failure> {
    let mut devices = Vec::new();
    let stream = iam
        .list_mfa_devices()
        .user_name(user)
        .into_paginator()
        .send();
    pages(context.session, stream, |page| {
        devices.extend(page.mfa_devices().iter().map(convert));
    })
    .await?;
    devices.sort_by(|one: &MfaDevice, other| one.serial_number.cmp(&other.serial_number));
    Ok(devices)
}

fn convert(device: &Answer) -> MfaDevice {
    MfaDevice {
        serial_number: device.serial_number().to_owned(),
        enable_date: time(device.enable_date()),
        kind: kind(device.serial_number()).to_owned(),
    }
}

fn convert_virtual(device: &VirtualMfaDevice) -> MfaDevice {
    MfaDevice {
        serial_number: device.serial_number().to_owned(),
        enable_date: device.enable_date().and_then(time),
        kind: kind(device.serial_number()).to_owned(),
    }
}

/// The kind of a device, by its serial number.
/// Source: IAM API Reference, `MFADevice`: virtual devices and security keys have an ARN, hardware
/// tokens the number that is printed on them.
fn kind(serial_number: &str) -> &'static str {
    let arn: Option<Arn> = serial_number.parse().ok();
    let resource = arn.as_ref().and_then(|arn| arn.resource().split_once('/'));
    match resource {
        Some(("mfa", _)) => "virtual",
        Some(("u2f", _)) => "security-key",
        _ => "hardware",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_tell_kinds() {
        for (serial_number, expected) in [
            ("arn:aws:iam::111122223333:mfa/ann", "virtual"),
            ("arn:aws-cn:iam::111122223333:mfa/path/ann", "virtual"),
            (
                "arn:aws:iam::111122223333:u2f/user/ann/key-ABC",
                "security-key",
            ),
            ("GAHT12345678", "hardware"),
        ] {
            assert_eq!(kind(serial_number), expected);
        }
    }

    #[test]
    fn as_many_in_use_as_are_virtual_are_all() {
        let user = "arn:aws:iam::111122223333:user/ann".to_owned();
        let are_all = |in_use: Option<i64>| {
            let assigned = Ok(ByUser::from([(user.clone(), vec![MfaDevice::default()])]));
            let counts = in_use.map(|count| (IN_USE.to_owned(), count));
            let summary = Ok(Summary::from_iter(counts));
            Devices::new(assigned, Some(&summary)).are_all
        };
        assert!(are_all(Some(1)));
        assert!(!are_all(Some(2)));
        assert!(!are_all(None));
        let refused = || Err(Failure::answered("AccessDenied", "no"));
        let summary = Ok(Summary::from([(IN_USE.to_owned(), 0)]));
        assert!(!Devices::new(refused(), Some(&summary)).are_all);
        assert!(!Devices::new(Ok(ByUser::new()), None).are_all);
    }
}

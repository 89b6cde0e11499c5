//! MFA devices.

use blastwall_model::resources::User;
use blastwall_model::resources::iam::MfaDevice;

use super::certificates::listed;
use super::credentials::asked_user;
use crate::failure::Failure;
use crate::operation::{Answer, Call};
use crate::state::{Account, last_part};
use crate::xml::Element;

/// The devices of a user. A document that only says that there are any has one, a virtual one.
fn devices(call: &Call<'_>, user: &User) -> Result<Vec<MfaDevice>, Failure> {
    if let Some(devices) = user.observed.mfa_devices.known() {
        return Ok(devices.clone());
    }
    if user.observed.mfa_active.known() != Some(&true) {
        return Ok(Vec::new());
    }
    let name = last_part(user.arn.as_str());
    Ok(vec![MfaDevice {
        serial_number: call.arn("iam", "", &format!("mfa/{name}"))?.to_string(),
        enable_date: user.observed.create_date.known().cloned(),
        kind: VIRTUAL.to_owned(),
    }])
}

const VIRTUAL: &str = "virtual";

/// Whether the root user has a device, and whether it is a virtual one.
fn root_device(account: &Account) -> Option<bool> {
    let observed = &account.root.as_ref()?.observed;
    let is_virtual = observed.virtual_mfa_device.known();
    let enabled = observed.account_mfa_enabled.known() == Some(&true);
    (enabled || is_virtual == Some(&true)).then(|| is_virtual != Some(&false))
}

/// How many devices of all kinds are in use, as the account summary counts them.
pub(super) fn in_use(call: &Call<'_>) -> Result<usize, Failure> {
    let account = call.account()?;
    let mut count = usize::from(root_device(account).is_some());
    for user in account.users.values() {
        count += devices(call, user)?.len();
    }
    Ok(count)
}

fn members(devices: &[MfaDevice], user: &str) -> Vec<Element> {
    let member = |device: &MfaDevice| {
        Element::new("member")
            .text("UserName", user)
            .text("SerialNumber", &device.serial_number)
            .maybe("EnableDate", device.enable_date.as_ref())
    };
    devices.iter().map(member).collect()
}

pub(super) fn list_mfa_devices(call: &Call<'_>) -> Result<Answer, Failure> {
    let user = asked_user(call)?;
    let members = members(&devices(call, user)?, last_part(user.arn.as_str()));
    listed(call, "MFADevices", members)
}

/// The virtual devices that are assigned; documents have no others.
pub(super) fn list_virtual_mfa_devices(call: &Call<'_>) -> Result<Answer, Failure> {
    let account = call.account()?;
    let mut found = Vec::new();
    if root_device(account) == Some(true) {
        let arn = call.arn("iam", "", "root")?;
        let serial_number = call.arn("iam", "", "mfa/root-account-mfa-device")?;
        found.push(
            Element::new("member")
                .text("SerialNumber", serial_number)
                .child(Element::new("User").text("Arn", arn)),
        );
    }
    for user in account.users.values() {
        let own = devices(call, user)?;
        let own = own.iter().filter(|device| device.kind == VIRTUAL);
        found.extend(own.map(|device| {
            Element::new("member")
                .text("SerialNumber", &device.serial_number)
                .maybe("EnableDate", device.enable_date.as_ref())
                .child(
                    Element::new("User")
                        .text("UserName", last_part(user.arn.as_str()))
                        .text("Arn", &user.arn),
                )
        }));
    }
    listed(call, "VirtualMFADevices", found)
}

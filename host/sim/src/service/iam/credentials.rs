//! Access keys and passwords of single users.

use blastwall_model::resources::User;
use blastwall_model::resources::iam::AccessKey;

use super::user;
use crate::credentials::Identity;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Target};
use crate::page::page;
use crate::state::last_part;
use crate::xml::Element;

/// The name that is asked about: the caller's own if none is sent.
fn asked_name<'a>(call: &'a Call<'_>) -> Result<&'a str, Failure> {
    match (call.input.get("UserName"), &call.principal.identity) {
        (Some(name), _) => Ok(name),
        (None, Identity::User(name)) => Ok(name),
        (None, Identity::Root | Identity::Session { .. }) => Err(Failure::validation(
            "Must specify userName when calling with non-User credentials",
        )),
    }
}

pub(super) fn asked_user<'a>(call: &Call<'a>) -> Result<&'a User, Failure> {
    user(call, asked_name(call)?)
}

pub(super) fn user_target(call: &Call<'_>) -> Result<Target, Failure> {
    let name = asked_name(call)?;
    // Who may not ask is refused before being told whether the user exists.
    let arn = match user(call, name) {
        Ok(user) => user.arn.clone(),
        Err(_) => call.arn("iam", "", &format!("user/{name}"))?,
    };
    Ok(Target::resource(arn))
}

/// The access keys that have an id. Where only the credential report could be read they have none.
fn keys(user: &User) -> Vec<&AccessKey> {
    user.observed
        .access_keys
        .known()
        .into_iter()
        .flatten()
        .filter(|key| !key.access_key_id.is_empty())
        .collect()
}

pub(super) fn list_access_keys(call: &Call<'_>) -> Result<Answer, Failure> {
    let user = asked_user(call)?;
    let page = page(
        keys(user),
        call.input.get("Marker"),
        call.page_size("MaxItems"),
    )?;
    let members = page.items.iter().map(|key| {
        Element::new("member")
            .text("UserName", last_part(user.arn.as_str()))
            .text("AccessKeyId", &key.access_key_id)
            .text("Status", &key.status)
            .text("CreateDate", &key.create_date)
    });
    Ok(Answer::Xml(
        Element::new("")
            .list("AccessKeyMetadata", members)
            .text("IsTruncated", page.next.is_some())
            .maybe("Marker", page.next),
    ))
}

/// The user whose key is asked about.
fn key_owner<'a>(call: &Call<'a>) -> Result<(&'a User, &'a AccessKey), Failure> {
    let id = call.required("AccessKeyId")?;
    call.account()?
        .users
        .values()
        .find_map(|user| {
            let key = keys(user).into_iter().find(|key| key.access_key_id == id)?;
            Some((user, key))
        })
        // IAM answers so, and not that there is none.
        .ok_or_else(|| {
            Failure::new(
                403,
                "AccessDenied",
                format!("The access key {id} does not belong to this account."),
            )
        })
}

pub(super) fn key_owner_target(call: &Call<'_>) -> Result<Target, Failure> {
    let (user, _) = key_owner(call)?;
    Ok(Target::resource(user.arn.clone()))
}

pub(super) fn get_access_key_last_used(call: &Call<'_>) -> Result<Answer, Failure> {
    let (user, key) = key_owner(call)?;
    // For what there is not, IAM answers `N/A`.
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "N/A".to_owned());
    let used = Element::new("AccessKeyLastUsed")
        .maybe("LastUsedDate", key.last_used_date.known())
        .text("ServiceName", or_none(&key.last_used_service))
        .text("Region", or_none(&key.last_used_region));
    Ok(Answer::Xml(
        Element::new("")
            .text("UserName", last_part(user.arn.as_str()))
            .child(used),
    ))
}

pub(super) fn get_login_profile(call: &Call<'_>) -> Result<Answer, Failure> {
    let user = asked_user(call)?;
    let name = last_part(user.arn.as_str());
    if user.observed.password_enabled.known() != Some(&true) {
        return Err(Failure::new(
            404,
            "NoSuchEntity",
            format!("Login Profile for User {name} cannot be found."),
        ));
    }
    let created = user
        .observed
        .password_last_changed
        .known()
        .or(user.observed.create_date.known());
    let profile = Element::new("LoginProfile")
        .text("UserName", name)
        .maybe("CreateDate", created)
        .text("PasswordResetRequired", false);
    Ok(Answer::Xml(Element::new("").child(profile)))
}

//! Checks on instances, what they are started from, and their storage, one file a subject; their
//! cases are in `cases/`.

mod address_idle;
mod block_public_access;
mod default_encryption;
mod generation;
mod image_sharing;
mod instance_profile;
mod instance_stopped;
mod key_pair_unused;
mod metadata_version;
mod sharing;
mod single_zone;
mod snapshot_age;
mod snapshot_sharing;
mod template_metadata_version;
mod user_data;
mod volume_encryption;
mod volume_unattached;

blastwall_sdk::plugin! {
    name = "ec2",
    checks = [
        address_idle::check,
        block_public_access::images,
        block_public_access::snapshots,
        default_encryption::check,
        generation::of_instance,
        generation::of_volume,
        image_sharing::outside,
        image_sharing::public,
        instance_profile::check,
        instance_stopped::check,
        key_pair_unused::check,
        metadata_version::check,
        single_zone::check,
        snapshot_age::check,
        snapshot_sharing::outside,
        snapshot_sharing::public,
        template_metadata_version::check,
        user_data::of_instance,
        user_data::of_launch_template,
        volume_encryption::check,
        volume_unattached::check,
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        blastwall_sdk::testing::cases(
            &crate::PLUGIN,
            concat!(env!("CARGO_MANIFEST_DIR"), "/cases"),
        );
    }
}

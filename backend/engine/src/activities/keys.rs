//! The ids of what is tracked, made from its source and key, and the hash that shows whether a record has the same
//! content as before.

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use valuemap_shared::activities::{PartyKind, PartyRef, Record, RecordKind, Reference};
use valuemap_shared::ids::{CommunityId, uuid_v8};

/// The id of a member or account.
pub fn party_id(community: CommunityId, party: &PartyRef) -> Uuid {
    match party.kind {
        PartyKind::Member => digest_id(community, "member", &party.reference),
        PartyKind::Account => digest_id(community, "account", &party.reference),
    }
}

pub fn activity_type_id(community: CommunityId, key: &str) -> Uuid {
    digest_id(community, "activity_type", &Reference::new("", key))
}

/// The id of what has a reference of its own.
pub fn record_id(community: CommunityId, kind: RecordKind, reference: &Reference) -> Uuid {
    digest_id(community, &format!("{kind:?}"), reference)
}

fn digest_id(community: CommunityId, kind: &str, reference: &Reference) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(community.0.as_bytes());
    for part in [kind, &reference.source, &reference.key] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    let digest = digest.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid_v8(bytes)
}

pub(super) type ContentHash = [u8; 16];

/// Stands in place of what was said of something that was withdrawn: whatever is said of it later is a change.
pub(super) const WITHDRAWN: ContentHash = *b"withdrawn outcom";

pub(super) fn content_hash(record: &Record) -> ContentHash {
    hash_of(record)
}

pub(super) fn hash_of(content: &impl Serialize) -> ContentHash {
    let digest = Sha256::digest(serde_json::to_vec(content).unwrap_or_default());
    let mut hash = ContentHash::default();
    hash.copy_from_slice(&digest[..16]);
    hash
}

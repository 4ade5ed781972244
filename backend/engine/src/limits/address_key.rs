//! Addresses as they are stored: hashed with a random key of the day. Once the key is deleted, nobody can find out which
//! address a hash was made of, nor match it with one of another day.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Days, NaiveDate, Utc};
use ring::hmac;
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use valuemap_shared::ids::CommunityId;

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::base::digests::hexadecimal;
use crate::database::Database;
use crate::database::author::Author;
use crate::limits::address::Network;
use crate::limits::entities::address_key;

/// In hexadecimal: 64 bits tell the addresses of a community apart.
const HASH_DIGITS: usize = 16;

#[derive(Debug)]
pub struct AddressKey {
    day: NaiveDate,
    key: hmac::Key,
}

impl AddressKey {
    fn new(day: NaiveDate, key: &str) -> Self {
        Self { day, key: hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()) }
    }

    /// The community is hashed, too, so that the rows of two communities cannot be matched.
    pub fn hash(&self, community: CommunityId, network: Network) -> String {
        let message = [community.0.as_bytes().as_slice(), &network.octets()].concat();
        let mut hash = hexadecimal(hmac::sign(&self.key, &message).as_ref());
        hash.truncate(HASH_DIGITS);
        hash
    }
}

/// The key of today, read once a day.
#[derive(Debug, Default)]
pub struct AddressKeys(RwLock<Option<Arc<AddressKey>>>);

impl AddressKeys {
    pub async fn of_today(&self, database: &Database, ambient: &Ambient) -> Result<Arc<AddressKey>, DbErr> {
        let today = ambient.now().date_naive();
        let known = self.0.read().ok().and_then(|known| known.clone());
        if let Some(key) = known.filter(|key| key.day == today) {
            return Ok(key);
        }
        let key = Arc::new(AddressKey::new(today, &stored_key(database, ambient, today).await?));
        if let Ok(mut known) = self.0.write() {
            *known = Some(key.clone());
        }
        Ok(key)
    }
}

/// The key of a day: the one that the first server stored.
async fn stored_key(database: &Database, ambient: &Ambient, day: NaiveDate) -> Result<String, DbErr> {
    let row = address_key::ActiveModel { day: Set(day), key: Set(hexadecimal(&ambient.random::<32>())) };
    let stored = database.write(&Author::SERVER, Touches::NOTHING, async |db| {
        address_key::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(db).await?;
        address_key::Entity::find_by_id(day).one(db).await
    });
    stored.await?.map(|row| row.key).ok_or_else(|| DbErr::RecordNotFound(format!("the address key of {day}")))
}

/// Deletes the keys of days that are further back than `days`.
pub async fn delete_old_keys(db: &impl ConnectionTrait, now: DateTime<Utc>, days: u32) -> Result<(), DbErr> {
    let Some(oldest) = now.date_naive().checked_sub_days(Days::new(u64::from(days))) else { return Ok(()) };
    address_key::Entity::delete_many().filter(address_key::Column::Day.lt(oldest)).exec(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn hash(key: &str, community: u128, address: &str) -> String {
        let network = Network::from(address.parse::<IpAddr>().unwrap());
        AddressKey::new(NaiveDate::MIN, key).hash(CommunityId(Uuid::from_u128(community)), network)
    }

    #[test]
    fn a_hash_is_of_a_day_a_community_and_an_address() {
        let first = hash("monday", 1, "192.0.2.1");
        assert_eq!(first, hash("monday", 1, "192.0.2.1"));
        for other in [hash("tuesday", 1, "192.0.2.1"), hash("monday", 2, "192.0.2.1"), hash("monday", 1, "192.0.2.2")] {
            assert_ne!(first, other);
        }
        // As `printf '\0...\1\300\0\2\1' | openssl dgst -sha256 -hmac monday` begins.
        assert_eq!(first, "081aeaa8fc92cfa2");
    }
}

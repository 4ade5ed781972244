//! A cache whose values expire after a fixed time (TTL).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::RwLock;

use chrono::{DateTime, TimeDelta, Utc};

/// Maximum number of values per cache. A cache that is full of values that have not expired is cleared: what it holds
/// is cheap to look up again.
const CAPACITY: usize = 2_000;

#[derive(Debug)]
pub struct TtlCache<K, V> {
    values: RwLock<HashMap<K, (DateTime<Utc>, V)>>,
    lifetime: TimeDelta,
}

impl<K: Eq + Hash, V: Clone> TtlCache<K, V> {
    pub fn new(lifetime: TimeDelta) -> Self {
        Self { values: RwLock::default(), lifetime }
    }

    pub fn get(&self, key: &K, now: DateTime<Utc>) -> Option<V> {
        let values = self.values.read().ok()?;
        values.get(key).filter(|(since, _)| now - *since < self.lifetime).map(|(_, value)| value.clone())
    }

    pub fn insert(&self, key: K, value: V, now: DateTime<Utc>) {
        if let Ok(mut values) = self.values.write() {
            if values.len() >= CAPACITY {
                values.retain(|_, (since, _)| now - *since < self.lifetime);
            }
            if values.len() >= CAPACITY {
                values.clear();
            }
            values.insert(key, (now, value));
        }
    }

    pub fn clear(&self) {
        if let Ok(mut values) = self.values.write() {
            values.clear();
        }
    }

    pub fn remove(&self, key: &K) {
        if let Ok(mut values) = self.values.write() {
            values.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_used_again_for_its_lifetime_and_no_longer() {
        let recent = TtlCache::new(TimeDelta::seconds(1));
        let start = DateTime::UNIX_EPOCH;
        recent.insert("key", 7, start);
        assert_eq!(recent.get(&"key", start + TimeDelta::milliseconds(999)), Some(7));
        assert_eq!(recent.get(&"key", start + TimeDelta::seconds(1)), None);
        recent.remove(&"key");
        assert_eq!(recent.get(&"key", start), None);
    }
}

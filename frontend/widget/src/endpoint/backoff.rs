//! How long to wait before the next try: exponential back-off with jitter, so that a server that comes back is not
//! met by everybody at once.

const BASE_MS: u32 = 500;
const CEILING_MS: u32 = 8_000;
const TRIES: u32 = 5;
/// A member does not watch a spinner for longer than this; the button to try again waits with them.
const LONGEST_WAIT_MS: u32 = 20_000;

/// Milliseconds to wait after `tries` tries have failed, or nothing when it is time to give up.
///
/// `jitter` is 0 to 1; `retry_after` is what the server asked for, in seconds.
pub fn wait_ms(tries: u32, jitter: f64, retry_after: Option<u32>) -> Option<u32> {
    let asked = retry_after.unwrap_or(0).saturating_mul(1_000);
    if tries >= TRIES || asked > LONGEST_WAIT_MS {
        return None;
    }
    let most = (BASE_MS << tries.saturating_sub(1)).min(CEILING_MS);
    let drawn = most / 2 + (f64::from(most / 2) * jitter) as u32;
    Some(asked + drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_jitter_takes_off_up_to_half() {
        let longest: Vec<_> = (1..=5).map(|tries| wait_ms(tries, 1.0, None)).collect();
        assert_eq!(longest, [Some(500), Some(1_000), Some(2_000), Some(4_000), None]);
        assert_eq!(wait_ms(3, 0.0, None), Some(1_000));
    }

    #[test]
    fn what_the_server_asks_for_is_waited_on_top() {
        assert_eq!(wait_ms(1, 1.0, Some(3)), Some(3_500));
        assert_eq!(wait_ms(1, 1.0, Some(3_600)), None);
        assert_eq!(wait_ms(1, 1.0, Some(u32::MAX)), None);
    }
}

//! What a panic would say, taken out of the wasm.
//!
//! The widget aborts on panic and has nobody to tell: a browser shows `unreachable executed`, whatever the message was.
//! So what panics may as well trap at once, and all that would have put the message together is dead code. rustc does
//! the same with `panic=immediate-abort`, which is not stable.
//!
//! It is done before linking, because only the linker knows what data and which table entries belong to dead code.

pub mod linker;
mod object;

use rustc_demangle::demangle;

/// The functions that panic, as their demangled names start. They never return.
const PANICS: [&str; 19] = [
    "__rustc::rust_panic",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "console_error_panic_hook::",
    "core::cell::lazy::panic_poisoned",
    "core::cell::panic_already_",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::slice::index::slice_",
    "core::slice::sort::shared::smallsort::panic_on_ord_violation",
    "core::str::slice_error_fail",
    "std::panicking::begin_panic",
    "std::panicking::panic_handler",
    "std::panicking::panic_with_hook",
    "wasm_bindgen::__rt::borrow_fail",
];

/// Parts of names of functions that only messages of panics come to. Nothing in the widget shows `{:?}`.
const MESSAGES: [&str; 2] = [" as core::fmt::Debug>::fmt", " as core::panic::PanicPayload>::"];

fn is_of_panics(symbol: &str) -> bool {
    let name = format!("{:#}", demangle(symbol));
    PANICS.iter().any(|start| name.starts_with(start)) || MESSAGES.iter().any(|part| name.contains(part))
}

/// Puts zeros, which compress to nothing, in the place of source files' names: only messages of panics hold them.
fn blank_paths(data: &mut [u8]) {
    const ROOTS: [&[u8]; 4] = [b"/rustc/", b"/cargo/", b"frontend/", b"shared/"];
    const LONGEST: usize = 200;
    let mut at = 0;
    while at < data.len() {
        let rest = &data[at..];
        let is_path_byte = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
        let longest = rest.iter().take(LONGEST).take_while(|byte| is_path_byte(byte)).count();
        let end = rest[..longest].windows(3).position(|end| end == b".rs").map(|dot| dot + 3);
        match end.filter(|_| ROOTS.iter().any(|root| rest.starts_with(root))) {
            Some(length) => {
                data[at..at + length].fill(0);
                at += length;
            }
            None => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::blank_paths;

    #[test]
    fn names_of_source_files_are_blanked_and_nothing_else() {
        let mut data = *b"ab/cargo/x/y.rsfrontend/a-1.0/b.rs.rs shared/word";
        blank_paths(&mut data);
        assert_eq!(data, *b"ab\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0.rs shared/word");
    }
}

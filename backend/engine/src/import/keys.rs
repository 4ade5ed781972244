//! Keys as spreadsheets leave them. A key that was changed on the way would make two of one or one of two, so it is
//! unwrapped where that is safe, and refused where it is not.

use valuemap_shared::activities::address_of;

/// Reads one key: an e-mail address in its usual form, or the text itself.
pub fn parse_key(cell: &str) -> Result<String, String> {
    if let Some(address) = address_of(cell) {
        return Ok(address);
    }
    let shown: String = cell.chars().take(40).collect();
    let text = cell.strip_prefix('\'').unwrap_or(cell).trim();
    if text.contains([';', '\n']) {
        return Err(format!("`{shown}` are several values in one cell, and this field takes one"));
    }
    if text.matches('@').count() > 1 && text.contains(',') {
        return Err(format!("`{shown}` are several addresses in one cell, and this field takes one"));
    }
    if is_scientific(text) {
        return Err(format!(
            "`{shown}` is an id that a spreadsheet destroyed: export it again, and have the spreadsheet keep the column \
             as text"
        ));
    }
    if is_grouped(text) {
        return Err(format!(
            "`{shown}` is an id that a spreadsheet wrote as a number of thousands: export it again, and have the \
             spreadsheet keep the column as text"
        ));
    }
    refuse_error(text)?;
    // A table with gaps is often written with decimals.
    let whole = text
        .split_once('.')
        .filter(|(whole, zeros)| is_digits(whole) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0'));
    Ok(whole.map_or(text, |(whole, _)| whole).to_owned())
}

/// Reads a name that something is known by. A semicolon in it parts nothing, and a number in it is none.
pub fn parse_name(cell: &str) -> Result<String, String> {
    refuse_error(cell)?;
    Ok(address_of(cell).unwrap_or_else(|| cell.split_whitespace().collect::<Vec<_>>().join(" ")))
}

fn refuse_error(text: &str) -> Result<(), String> {
    match ["#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"].contains(&text) {
        true => Err(format!("`{text}` is an error of a spreadsheet's formula")),
        false => Ok(()),
    }
}

/// The keys of a cell that may hold several, separated by `;` or lines, or numbers separated by commas.
pub fn split_keys(cell: &str) -> impl Iterator<Item = &str> {
    let are_numbers = cell.split(',').all(|part| is_digits(part.trim())) && !is_grouped(cell);
    let separates = move |c: char| matches!(c, ';' | '\n') || are_numbers && c == ',';
    cell.split(separates).map(str::trim).filter(|key| !key.is_empty())
}

/// `1.03257E+13`
fn is_scientific(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or_default();
    let (whole, decimals) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    is_digits(whole) && is_digits(decimals) && is_digits(exponent)
}

/// `12,345`, `1.234.567`
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split([',', '.', '\u{a0}', '\u{202f}', '\u{2019}']);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let is_group = |group: &&str| group.len() == 3 && is_digits(group);
    // `100.000` is a whole number with decimals that say nothing as well; neither can be told.
    first.len() <= 3 && is_digits(first) && !rest.is_empty() && rest.iter().all(is_group)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_as_it_is_or_is_unwrapped() {
        let check = |cell: &str, expected: &str| assert_eq!(parse_key(cell).as_deref(), Ok(expected));
        check("00771", "00771");
        check("771.0", "771");
        check("'00771", "00771");
        check("Acme, Inc.", "Acme, Inc.");
        check("auth0|5f7c8ec7c33c6c004bbafe82", "auth0|5f7c8ec7c33c6c004bbafe82");
        check("2.1", "2.1");
        check("12E5", "12E5");
        check("Kim <Kim@Example.org>", "kim@example.org");
    }

    #[test]
    fn a_key_that_a_spreadsheet_destroyed_is_refused() {
        let check = |cell: &str, expected: &str| {
            let refused = parse_key(cell).unwrap_err();
            assert!(refused.contains(expected), "{refused}");
        };
        check("1.03257E+13", "is an id that a spreadsheet destroyed");
        check("1,9E+12", "is an id that a spreadsheet destroyed");
        check("2E+15", "is an id that a spreadsheet destroyed");
        check("12,345", "wrote as a number of thousands");
        check("1.234.567", "wrote as a number of thousands");
        check("#REF!", "is an error of a spreadsheet's formula");
        check("771;772", "are several values in one cell");
        check("771\n772", "are several values in one cell");
        check("kim@example.org, lou@example.org", "are several addresses in one cell");
    }

    #[test]
    fn a_name_is_taken_as_it_is() {
        let check = |cell: &str, expected: &str| assert_eq!(parse_name(cell).as_deref(), Ok(expected));
        check("Org; GmbH", "Org; GmbH");
        check("Acme\nEurope", "Acme Europe");
        check("1,000 Trees", "1,000 Trees");
        assert!(parse_name("#REF!").is_err());
    }

    #[test]
    fn a_cell_may_hold_several_keys() {
        let check = |cell: &str, expected: &[&str]| assert_eq!(split_keys(cell).collect::<Vec<_>>(), expected);
        check("771;772; ", &["771", "772"]);
        check("7710,7720", &["7710", "7720"]);
        check("Acme, Inc.; Bolt", &["Acme, Inc.", "Bolt"]);
        check("Acme | EMEA; Bolt\nCoil", &["Acme | EMEA", "Bolt", "Coil"]);
        check("12,345", &["12,345"]);
    }
}

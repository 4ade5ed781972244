//! Which columns of a header a name means: of a field of a format, or as somebody says it.

use anyhow::bail;
use valuemap_shared::imports::ColumnReason as How;

use crate::import::columns::{normalised, numbered};
use crate::import::currency_signs::CurrencySign;
use crate::import::format::{Field, Only};
use crate::import::zones::SaidZone;

/// The column of a field's first name that the header has, as it is or with its zone or currency behind it.
pub fn index_by_name(field: &Field, header: &[String]) -> anyhow::Result<Option<usize>> {
    let as_they_are: Vec<String> = header.iter().map(|name| normalised(name)).collect();
    let plain: Vec<String> = header.iter().map(|name| without_unit(name).map(normalised).unwrap_or_default()).collect();
    let ways = [&as_they_are, &plain].into_iter();
    let meant: Vec<&str> = field.columns.iter().copied().filter(|name| doubt(field, name, header).is_none()).collect();
    for (name, names) in ways.flat_map(|names| meant.iter().map(move |name| (normalised(name), names))) {
        let mut indexes = (0..header.len()).filter(|index| names[*index] == name);
        if let Some(index) = indexes.next() {
            if let Some(other) = indexes.next() {
                bail!(
                    "the columns {} and {} could both be `{}`: they are named `{}` and `{}`; rename one, or say which it is: \
                     --map {}=#{}",
                    index + 1,
                    other + 1,
                    field.name,
                    header[index],
                    header[other],
                    field.name,
                    index + 1
                );
            }
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Why a name of a field is not taken for it in this header.
pub fn doubt(field: &Field, name: &str, header: &[String]) -> Option<String> {
    let is_called = |column: &&String, name: &str| {
        let name = normalised(name);
        normalised(column) == name || without_unit(column).is_some_and(|plain| normalised(plain) == name)
    };
    let first = |names: &[&str]| header.iter().find(|column| names.iter().any(|name| is_called(column, name)));
    field.provisos.iter().find_map(|proviso| match proviso {
        Only::Beside(known, others) if *known == name && first(others).is_none() => {
            Some(format!("`{name}` is not taken for it without any of {}", others.join(", ")))
        }
        Only::Without(known, others) if *known == name => {
            first(others).map(|other| format!("`{name}` is not taken for it beside `{other}`"))
        }
        _ => None,
    })
}

/// The name of `Created at (UTC)` or `Amount (USD)` without what its column is in.
fn without_unit(name: &str) -> Option<&str> {
    let (plain, inside) = name.trim().strip_suffix([')', ']'])?.rsplit_once(['(', '['])?;
    let is_currency = matches!(CurrencySign::taken_from(inside.trim()), Some((_, "")));
    (is_currency || SaidZone::of_column(name).is_some()).then_some(plain)
}

/// The column that is named, or the two of `Join Time|Registration Time`, of which the second stands in for the first.
pub fn indexes_of(header: &[String], columns: &str, how: How) -> anyhow::Result<(usize, Option<usize>)> {
    match columns.split_once('|') {
        Some((first, second)) if indexes_named(header, columns).is_empty() => {
            Ok((index_of(header, first, how)?, Some(index_of(header, second, how)?)))
        }
        _ => Ok((index_of(header, columns, how)?, None)),
    }
}

fn index_of(header: &[String], column: &str, how: How) -> anyhow::Result<usize> {
    match (&indexes_named(header, column)[..], how) {
        (&[index], _) => Ok(index),
        (&[first, second, ..], How::Remembered) => bail!(
            "the mapping that is remembered names the column `{column}`, and the columns {} and {} are both called that; \
             say with --map which one it is by its position, such as #{}",
            first + 1,
            second + 1,
            first + 1
        ),
        (&[first, second, ..], _) => bail!(
            "the columns {} and {} are both called `{column}`; say which one it is by its position, such as #{}",
            first + 1,
            second + 1,
            first + 1
        ),
        (&[], How::Remembered) => bail!(
            "the mapping that is remembered names the column `{column}`, and the file has {}; give --map again, or \
             --forget-mapping",
            header.join(", ")
        ),
        (&[], _) => bail!("the file has no column `{column}`; it has {}", header.join(", ")),
    }
}

/// The columns that are meant by a position, or by a name: those of the very name, or else those of a similar one.
fn indexes_named(header: &[String], column: &str) -> Vec<usize> {
    if let Some(index) = numbered(column).filter(|index| *index < header.len()) {
        return vec![index];
    }
    let (name, plain) = (column.trim(), normalised(column));
    let those = |is_it: &dyn Fn(&str) -> bool| (0..header.len()).filter(|index| is_it(&header[*index])).collect();
    let exact: Vec<usize> = those(&|other| !name.is_empty() && other == name);
    if exact.is_empty() { those(&|other| !plain.is_empty() && normalised(other) == plain) } else { exact }
}

/// What is remembered of columns, so that the same file is read in the same way again.
pub fn called(header: &[String], index: usize, otherwise: Option<usize>) -> String {
    let name = |index: usize| {
        let name = &header[index];
        let is_told = indexes_named(header, name) == [index] && !(otherwise.is_some() && name.contains('|'));
        if is_told { name.clone() } else { format!("#{}", index + 1) }
    };
    match otherwise {
        Some(otherwise) => format!("{}|{}", name(index), name(otherwise)),
        None => name(index),
    }
}

/// Whether a header has the columns that `--map` names, or several of their names.
pub fn are_there(header: &[String], columns: &str) -> bool {
    let is_there = |column| !indexes_named(header, column).is_empty();
    is_there(columns) || columns.split_once('|').is_some_and(|(first, second)| is_there(first) && is_there(second))
}

/// Whether a header has a column, or several, that is named as a field.
pub fn has(field: &Field, header: &[String]) -> bool {
    !matches!(index_by_name(field, header), Ok(None))
}

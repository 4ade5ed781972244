//! Editing a relocatable object, which is what the compiler hands to the linker.
//!
//! The format: <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use std::{collections::BTreeSet, ops::Range};

use anyhow::Result;
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{
    FunctionBody, KnownCustom, Linking, LinkingSectionReader, Operator, Parser, Payload, RelocSectionReader,
    SymbolInfo, TypeRef,
};

/// Has every function whose symbol is picked do nothing but trap, and so whatever surely calls one. What only they refer
/// to, be it code or data, the linker then leaves out. Returns the new object and the number of such functions.
pub fn trap(object: &[u8], picks: impl Fn(&str) -> bool) -> Result<(Vec<u8>, usize)> {
    let Object { imported, code, bodies, symbols, relocations } = Object::parse(object)?;
    let defined = |function: &u32| *function >= imported;
    let mut traps: BTreeSet<u32> =
        symbols.iter().filter(|symbol| picks(symbol.name)).map(|symbol| symbol.function).filter(defined).collect();
    let numbered = || (imported..).zip(&bodies);
    loop {
        let known = traps.len();
        for (function, body) in numbered() {
            let start = body.get_operators_reader()?.original_position();
            if doomed_code(body, &traps)?.first().is_some_and(|first| first.start == start) {
                traps.insert(function);
            }
        }
        if traps.len() == known {
            break;
        }
    }

    let mut edited = object.to_vec();
    let mut gone = Vec::new();
    for (function, body) in numbered() {
        let doomed = match traps.contains(&function) {
            true => vec![all_code(body)?],
            false => doomed_code(body, &traps)?,
        };
        for range in doomed {
            fill_with_trap(&mut edited[range.clone()]);
            gone.push(range.start - code..range.end - code);
        }
    }
    if let Some(relocations) = relocations {
        let rest = relocations_outside(&relocations.reader, object, &gone)?;
        edited.splice(relocations.section, rest);
    }
    Ok((edited, traps.len()))
}

/// Where an object keeps its data; empty if it has none.
pub fn data(object: &[u8]) -> Result<Range<usize>> {
    for payload in Parser::new(0).parse_all(object) {
        if let Payload::DataSection(data) = payload? {
            return Ok(data.range());
        }
    }
    Ok(0..0)
}

/// The parts of an object that matter here. Positions are in bytes from the start of the file.
#[derive(Default)]
struct Object<'a> {
    /// How many functions come from elsewhere: they have the first numbers.
    imported: u32,
    /// Where the code section's content starts: relocations count from there.
    code: usize,
    bodies: Vec<FunctionBody<'a>>,
    symbols: Vec<Symbol<'a>>,
    /// None if nothing in the code waits for the linker.
    relocations: Option<Relocations<'a>>,
}

struct Symbol<'a> {
    name: &'a str,
    function: u32,
}

struct Relocations<'a> {
    /// With its header.
    section: Range<usize>,
    reader: RelocSectionReader<'a>,
}

const CODE_RELOCATIONS: &str = "reloc.CODE";

impl<'a> Object<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Object<'a>> {
        let mut object = Object::default();
        let mut previous_end = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            match &payload {
                Payload::Version { range, .. } => previous_end = range.end,
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        object.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => object.code = range.start,
                Payload::CodeSectionEntry(body) => object.bodies.push(body.clone()),
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Linking(linking) => object.symbols.extend(functions(&linking)?),
                    KnownCustom::Reloc(reader) if custom.name() == CODE_RELOCATIONS => {
                        let section = previous_end..custom.range().end;
                        object.relocations = Some(Relocations { section, reader });
                    }
                    _ => {}
                },
                _ => {}
            }
            if let Some((_, range)) = payload.as_section() {
                previous_end = range.end;
            }
        }
        Ok(object)
    }
}

/// The named functions of the symbol table.
fn functions<'a>(linking: &LinkingSectionReader<'a>) -> Result<Vec<Symbol<'a>>> {
    let mut functions = Vec::new();
    for part in linking.subsections() {
        let Linking::SymbolTable(table) = part? else { continue };
        for symbol in table {
            if let SymbolInfo::Func { index, name: Some(name), .. } = symbol? {
                functions.push(Symbol { name, function: index });
            }
        }
    }
    Ok(functions)
}

/// The ranges of a function from which it is certain to come to a call that traps, with that call. They hold what puts
/// the message together: constants, addresses, stores. Calls of others stay, for those may throw or be seen.
fn doomed_code(body: &FunctionBody, traps: &BTreeSet<u32>) -> Result<Vec<Range<usize>>> {
    let mut ranges = Vec::new();
    let mut operators = body.get_operators_reader()?;
    let mut start = operators.original_position();
    while !operators.eof() {
        let operator = operators.read()?;
        let end = operators.original_position();
        match operator {
            Operator::Call { function_index } if traps.contains(&function_index) => ranges.push(start..end),
            Operator::Call { .. }
            | Operator::CallIndirect { .. }
            | Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::Unreachable => {}
            _ => continue,
        }
        start = end;
    }
    Ok(ranges)
}

/// The code of a function, without the `end` of it.
fn all_code(body: &FunctionBody) -> Result<Range<usize>> {
    Ok(body.get_operators_reader()?.original_position()..body.range().end - 1)
}

/// Keeps the length, so that everything else stays where it is. It is valid anywhere: what follows `unreachable` may
/// take any values from the stack.
fn fill_with_trap(code: &mut [u8]) {
    const UNREACHABLE: u8 = 0x00;
    const NOP: u8 = 0x01;
    code.fill(NOP);
    if let Some(first) = code.first_mut() {
        *first = UNREACHABLE;
    }
}

/// The section of relocations once more, without those in the given ranges of the code.
fn relocations_outside(reader: &RelocSectionReader, object: &[u8], ranges: &[Range<usize>]) -> Result<Vec<u8>> {
    let mut count = 0u32;
    let mut kept = Vec::new();
    let entries = reader.entries();
    let end = entries.range().end;
    let mut entries = entries.into_iter_with_offsets().peekable();
    while let Some(entry) = entries.next() {
        let (start, entry) = entry?;
        let offset = usize::try_from(entry.offset)?;
        // Both are in order, as relocations have to be; ranges do not overlap.
        let before = ranges.partition_point(|range| range.end <= offset);
        if ranges.get(before).is_some_and(|range| range.contains(&offset)) {
            continue;
        }
        let end = match entries.peek() {
            Some(Ok((next, _))) => *next,
            _ => end,
        };
        count += 1;
        kept.extend_from_slice(&object[start..end]);
    }

    let mut data = Vec::new();
    reader.section_index().encode(&mut data);
    count.encode(&mut data);
    data.extend(kept);
    let mut section = Vec::new();
    CustomSection { name: CODE_RELOCATIONS.into(), data: data.into() }.append_to(&mut section);
    Ok(section)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, CustomSection, Encode, Function, FunctionSection, LinkingSection, Module, SymbolTable, TypeSection,
    };

    use super::{Object, trap};

    /// `panic`, which calls `tell`; `caller`, which may call `panic` with a constant; `surely`, which does; `tell`.
    /// Every constant and call waits for the linker.
    fn object() -> Vec<u8> {
        const MEMORY_ADDRESS: u8 = 4;
        const FUNCTION: u8 = 0;
        let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([wasm_encoder::ValType::I32], []);
        let constant = [0x41, 0x80, 0x80, 0x80, 0x80, 0x00];
        let call = |function: u8| [0x10, 0x80 | function, 0x80, 0x80, 0x80, 0x00];
        let parts = |parts: &[&[u8]]| parts.concat();
        let bodies = [
            parts(&[&constant, &call(3)]),
            // local.get 0, if, ..., end
            parts(&[&[0x20, 0, 0x04, 0x40], &constant, &call(0), &[0x0b], &constant, &call(3)]),
            parts(&[&constant, &call(0)]),
            parts(&[&[0x01; 4]]),
        ];
        // The section starts with the number of bodies; each has its length, the number of locals, and an `end`.
        let mut at = 1;
        let mut relocations = Vec::new();
        for body in &bodies {
            functions.function(0);
            let mut function = Function::new([]);
            function.raw(body.iter().copied());
            code.function(function.raw([0x0b]));
            at += 2;
            for (index, _) in body.windows(5).enumerate().filter(|(_, five)| five[1..] == [0x80, 0x80, 0x80, 0x00]) {
                let kind = if body[index - 1] == 0x41 { MEMORY_ADDRESS } else { FUNCTION };
                relocations.push((kind, at + index));
            }
            at += body.len() + 1;
        }
        let mut symbols = SymbolTable::new();
        for (index, name) in (0..).zip(["panic", "caller", "surely", "tell"]) {
            symbols.function(0, index, Some(name));
        }
        let mut linking = LinkingSection::new();
        linking.symbol_table(&symbols);
        let mut reloc = vec![2, u8::try_from(relocations.len()).unwrap()];
        for (kind, offset) in relocations {
            reloc.push(kind);
            u32::try_from(offset).unwrap().encode(&mut reloc);
            reloc.push(0);
            if kind == MEMORY_ADDRESS {
                reloc.push(0);
            }
        }
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&code).section(&linking);
        module.section(&CustomSection { name: "reloc.CODE".into(), data: reloc.into() });
        // What follows the section of relocations has to survive its change.
        module.section(&CustomSection { name: "last".into(), data: b"end"[..].into() });
        module.finish()
    }

    fn codes(object: &[u8]) -> Vec<&[u8]> {
        let bodies = Object::parse(object).unwrap().bodies;
        bodies.iter().map(|body| &object[body.range()]).collect()
    }

    fn relocations(object: &[u8]) -> Vec<u32> {
        let relocations = Object::parse(object).unwrap().relocations.unwrap();
        relocations.reader.entries().into_iter().map(|entry| entry.unwrap().offset).collect()
    }

    #[test]
    fn what_panics_traps_and_so_does_what_leads_there() {
        let object = object();
        let (edited, count) = trap(&object, |name| name == "panic").unwrap();
        wasmparser::Validator::new().validate_all(&edited).unwrap();
        assert_eq!(count, 2, "`panic` and `surely`");
        let [panic, caller, surely, tell] = codes(&edited)[..] else { unreachable!("four functions") };
        let mut trapping = [0x01; 14];
        (trapping[0], trapping[1], trapping[13]) = (0x00, 0x00, 0x0b);
        assert_eq!([panic, surely], [trapping; 2]);
        assert_eq!(tell, codes(&object)[3]);
        // The condition stays before, and what comes if it does not hold stays after.
        assert_eq!(caller[..5], codes(&object)[1][..5]);
        assert_eq!(caller[5..17], trapping[1..13]);
        assert_eq!(caller[17..], codes(&object)[1][17..]);
    }

    #[test]
    fn the_linker_has_nothing_to_fill_in_where_code_is_gone() {
        let object = object();
        let (edited, _) = trap(&object, |name| name == "panic").unwrap();
        assert_eq!(relocations(&object).len(), 8);
        assert_eq!(relocations(&edited), relocations(&object)[4..6]);
        assert!(edited.ends_with(b"\x04lastend"));
    }

    #[test]
    fn an_object_without_panics_stays_as_it_is() {
        let object = object();
        assert_eq!(trap(&object, |_| false).unwrap(), (object, 0));
    }
}

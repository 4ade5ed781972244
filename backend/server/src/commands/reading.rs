//! The arguments that say how a file is to be read, whatever is in it.

use clap::{Args, ValueEnum};
use valuemap_engine::import::{DateFormat, Encoding, TimeSettings, Zone, encoding_named, zone_named};

#[derive(Args)]
pub struct Reading {
    /// How dates are written that do not start with the year
    #[arg(long, value_enum, ignore_case = true)]
    date_format: Option<DateOrder>,
    /// The time zone of times that do not say theirs, such as Europe/Berlin; UTC without it
    #[arg(long, value_name = "ZONE", value_parser = zone_named)]
    time_zone: Option<Zone>,
    /// What the file is written in, such as windows-1252, macintosh or Shift_JIS, where that cannot be told
    #[arg(long, value_name = "NAME", value_parser = encoding_named)]
    pub encoding: Option<&'static Encoding>,
    /// The sheet of an Excel workbook, where it has several
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The line that names the columns, where it is not found
    #[arg(long, value_name = "LINE", value_parser = clap::value_parser!(u64).range(1..))]
    pub header_line: Option<u64>,
}

impl Reading {
    pub fn times(&self) -> TimeSettings {
        TimeSettings { order: self.date_format.map(DateFormat::from), zone: self.time_zone }
    }

    /// The same as arguments of a command.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let format = self.times().order.map(|order| ("--date-format", format_name(order).to_owned()));
        let zone = self.time_zone.map(|zone| ("--time-zone", zone.name().to_owned()));
        let encoding = self.encoding.map(|encoding| ("--encoding", encoding.name().to_owned()));
        let sheet = self.sheet.clone().map(|sheet| ("--sheet", sheet));
        let line = self.header_line.map(|line| ("--header-line", line.to_string()));
        [format, zone, encoding, sheet, line].into_iter().flatten().collect()
    }
}

/// What `--date-format` calls an order.
pub fn format_name(order: DateFormat) -> &'static str {
    match order {
        DateFormat::DayFirst => "DD/MM/YYYY",
        DateFormat::MonthFirst => "MM/DD/YYYY",
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum DateOrder {
    /// 31/05/2026, 31.05.2026
    #[value(name = "DD/MM/YYYY")]
    DayFirst,
    /// 05/31/2026
    #[value(name = "MM/DD/YYYY")]
    MonthFirst,
}

impl From<DateOrder> for DateFormat {
    fn from(order: DateOrder) -> Self {
        match order {
            DateOrder::DayFirst => Self::DayFirst,
            DateOrder::MonthFirst => Self::MonthFirst,
        }
    }
}

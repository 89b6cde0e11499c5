//! The page that all text for people is written on: lines, prose and tables.
//!
//! The only module that writes text to a terminal, so that everything passes
//! [`escape::visible`](crate::escape::visible) and styles are data until the last moment.

use std::borrow::Cow;
use std::io::{self, Write};

use comfy_table::{
    Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, TableComponent, Width,
    presets,
};
use unicode_width::UnicodeWidthStr;

use crate::escape::visible;
use crate::style::{Glyphs, Style, Tone};

/// Columns of text are folded to no less than this, an account id in brackets; a table that needs more than the page has
/// runs over its edge, which is easier to read than words in single letters.
const NARROWEST_TEXT: u16 = 14;

/// A piece of text with its meaning.
#[derive(Clone, Debug)]
pub(crate) struct Span<'text> {
    text: Cow<'text, str>,
    tone: Tone,
}

/// A piece of text.
pub(crate) fn span<'text>(tone: Tone, text: impl Into<Cow<'text, str>>) -> Span<'text> {
    Span {
        text: text.into(),
        tone,
    }
}

/// A piece of text without a tone.
pub(crate) fn plain<'text>(text: impl Into<Cow<'text, str>>) -> Span<'text> {
    span(Tone::Plain, text)
}

/// A table: columns with their headers, and rows.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
struct Column {
    header: Cow<'static, str>,
    /// Numbers stand to the right and are never folded; text is folded where room is short.
    number: bool,
}

/// One field of a table.
#[derive(Debug)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

/// A field with a tone.
pub(crate) fn cell(tone: Tone, text: impl Into<String>) -> Cell {
    Cell {
        text: text.into(),
        tone,
    }
}

impl Grid {
    /// Adds a column of text.
    #[must_use]
    pub(crate) fn text(mut self, header: impl Into<Cow<'static, str>>) -> Self {
        self.columns.push(Column {
            header: header.into(),
            number: false,
        });
        self
    }

    /// Adds a column of numbers.
    #[must_use]
    pub(crate) fn number(mut self, header: impl Into<Cow<'static, str>>) -> Self {
        self.columns.push(Column {
            header: header.into(),
            number: true,
        });
        self
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Where text is written.
pub(crate) struct Page<'a> {
    writer: &'a mut dyn Write,
    style: Style,
}

impl<'a> Page<'a> {
    pub(crate) fn new(writer: &'a mut dyn Write, style: &Style) -> Self {
        Self {
            writer,
            style: *style,
        }
    }

    pub(crate) fn style(&self) -> &Style {
        &self.style
    }

    pub(crate) fn glyphs(&self) -> &'static Glyphs {
        self.style.glyphs()
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        writeln!(self.writer)
    }

    /// The title of a section.
    pub(crate) fn heading(&mut self, title: &str) -> io::Result<()> {
        let rule: String = std::iter::repeat_n(self.glyphs().rule, 2).collect();
        self.gap()?;
        self.line(0, &[span(Tone::Strong, format!("{rule} {title} {rule}"))])?;
        self.gap()
    }

    /// One line, folded between words if it is wider than the page; what is folded hangs by two
    /// more columns. A word is never broken, so that an ARN can be copied.
    pub(crate) fn line(&mut self, indent: usize, spans: &[Span<'_>]) -> io::Result<()> {
        self.hanging(indent, indent + 2, spans)
    }

    /// One line, folded; what is folded hangs at `hang`.
    pub(crate) fn hanging(
        &mut self,
        indent: usize,
        hang: usize,
        spans: &[Span<'_>],
    ) -> io::Result<()> {
        let limit = self.style.width.map_or(usize::MAX, usize::from);
        let mut column = indent;
        let mut start = indent;
        write!(self.writer, "{:indent$}", "")?;
        let mut open = Run::default();
        for span in spans {
            let text = visible(&span.text);
            for word in text.split_inclusive(' ') {
                let width = word.trim_end_matches(' ').width();
                if column + width > limit && column > start {
                    open.trim();
                    self.flush(&mut open)?;
                    write!(self.writer, "\n{:hang$}", "")?;
                    (column, start) = (hang, hang);
                }
                if open.tone != span.tone {
                    self.flush(&mut open)?;
                    open.tone = span.tone;
                }
                open.text.push_str(word);
                column += word.width();
            }
        }
        open.trim();
        self.flush(&mut open)?;
        writeln!(self.writer)
    }

    /// Markdown as people write it in comments: paragraphs are refolded, everything with a marker
    /// or an indent of its own keeps its lines.
    pub(crate) fn prose(&mut self, indent: usize, text: &str) -> io::Result<()> {
        for block in blocks(text) {
            if block.is_empty() {
                self.gap()?;
                continue;
            }
            let marker = block.len() - block.trim_start_matches(['-', '*', ' ']).len();
            self.hanging(indent, indent + marker, &[plain(block)])?;
        }
        Ok(())
    }

    /// Says how many rows are not shown.
    pub(crate) fn more(&mut self, indent: usize, hidden: usize, what: &str) -> io::Result<()> {
        if hidden == 0 {
            return Ok(());
        }
        let more = self.glyphs().more;
        let text = format!("{more} and {hidden} more {what} (-o json lists them all)");
        self.line(indent, &[span(Tone::Faint, text)])
    }

    /// A table, cut to the page's limit; `what` names its rows in the plural.
    pub(crate) fn grid(&mut self, indent: usize, grid: &Grid, what: &str) -> io::Result<()> {
        let shown = self.style.shown(grid.rows.len());
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::NOTHING);
        if self.style.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let room = self
            .style
            .width
            .map(|width| width.saturating_sub(u16::try_from(indent).unwrap_or(0)));
        match room {
            Some(width) => table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        let headed = grid.columns.iter().any(|column| !column.header.is_empty());
        if headed {
            table.set_style(TableComponent::HeaderLines, self.glyphs().rule);
            table.set_style(
                TableComponent::MiddleHeaderIntersections,
                self.glyphs().rule,
            );
            table.set_header(grid.columns.iter().map(|column| {
                comfy_table::Cell::new(visible(&column.header)).add_attribute(Attribute::Bold)
            }));
        }
        for row in grid.rows.iter().take(shown) {
            table.add_row(row.iter().map(draw));
        }
        let padding: u16 = if headed { 1 } else { 2 };
        let widths = table.column_max_content_widths();
        for ((column, drawn), width) in grid.columns.iter().zip(table.column_iter_mut()).zip(widths)
        {
            drawn.set_padding((0, padding));
            if column.number {
                drawn.set_cell_alignment(CellAlignment::Right);
                drawn.set_constraint(ColumnConstraint::ContentWidth);
            } else {
                let least = width.min(NARROWEST_TEXT) + padding;
                drawn.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            }
        }
        for line in table.trim_fmt().lines() {
            writeln!(self.writer, "{:indent$}{line}", "")?;
        }
        self.more(indent, grid.rows.len() - shown, what)
    }

    fn flush(&mut self, run: &mut Run) -> io::Result<()> {
        let text = std::mem::take(&mut run.text);
        if text.is_empty() {
            return Ok(());
        }
        let (color, effects) = run.tone.look();
        if !self.style.color || run.tone == Tone::Plain {
            return self.writer.write_all(text.as_bytes());
        }
        let style = anstyle::Style::new()
            .fg_color(color.map(anstyle::Color::Ansi))
            .effects(effects);
        write!(self.writer, "{style}{text}{style:#}")
    }
}

/// Text of one tone that is not yet written.
#[derive(Default)]
struct Run {
    text: String,
    tone: Tone,
}

impl Run {
    fn trim(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
    }
}

fn draw(cell: &Cell) -> comfy_table::Cell {
    let drawn = comfy_table::Cell::new(visible(&cell.text));
    let (color, effects) = cell.tone.look();
    let drawn = match color {
        Some(anstyle::AnsiColor::Green) => drawn.fg(Color::DarkGreen),
        Some(anstyle::AnsiColor::Yellow) => drawn.fg(Color::DarkYellow),
        Some(anstyle::AnsiColor::Cyan) => drawn.fg(Color::DarkCyan),
        Some(_) => drawn.fg(Color::DarkRed),
        None => drawn,
    };
    if effects.contains(anstyle::Effects::BOLD) {
        drawn.add_attribute(Attribute::Bold)
    } else if effects.contains(anstyle::Effects::DIMMED) {
        drawn.add_attribute(Attribute::Dim)
    } else {
        drawn
    }
}

/// Splits prose into paragraphs, list items and lines that keep their shape. Code between fences
/// is indented instead.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut fenced = false;
    let mut continues = false;
    for line in text.trim().lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continues = false;
            continue;
        }
        if fenced {
            blocks.push(format!("  {line}"));
            continue;
        }
        let keeps = line.is_empty()
            || ["#", "|", "    "]
                .iter()
                .any(|start| line.starts_with(start));
        let item = ["- ", "* "]
            .iter()
            .any(|marker| line.trim_start().starts_with(marker));
        match blocks.last_mut() {
            Some(last) if continues && !keeps && !item => {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => blocks.push(line.to_owned()),
        }
        continues = !keeps;
    }
    blocks
}

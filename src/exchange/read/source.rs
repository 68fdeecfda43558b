//! Reads the files of a source (a file, a folder or a zip), one after another and within limits. No file is held as a
//! whole: each is looked through once (its size, its encoding, how it begins) and then read as a stream of UTF-8.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, WINDOWS_1252};
use rustix::fs::OFlags;

use super::budget::Budget;
use crate::exchange::ExchangeError;
use crate::model::order::Order as _;

/// The size limit of one source, unpacked.
pub const MAX_SOURCE_BYTES: u64 = 512 * MB;

/// The size limit of a file that is read as a whole: a table of one kind, what was typed of an event, an election.
pub const MAX_TEXT_BYTES: u64 = 64 * MB;

/// How large the contents of a zip may be beyond [`MAX_RATIO`] times its own size.
const ROOM_BYTES: u64 = 32 * MB;

/// How much larger than the zip its contents may be: tables pack to a tenth, a twentieth where much is repeated.
const MAX_RATIO: u64 = 50;

/// The number of files in a folder or a zip.
const MAX_FILES: usize = 2_000;

/// How much of the beginning of a file is looked at to tell what it is.
const HEAD_BYTES: usize = 64 * 1024;

const MB: u64 = 1024 * 1024;

/// The size of the pieces in which files are read.
const CHUNK_BYTES: usize = 32 * 1024;

/// A source whose files can be read.
pub struct Source {
    path: PathBuf,
    archive: Option<zip::ZipArchive<io::BufReader<fs::File>>>,
    /// Its data files.
    pub files: Vec<File>,
    /// Spreadsheets among them, which are not read with others.
    pub spreadsheets: Vec<Arc<str>>,
    /// Its size on disk.
    bytes: u64,
}

/// A data file of a source.
pub struct File {
    /// Its path inside the source.
    pub name: Arc<str>,
    /// How it begins, decoded.
    pub head: String,
    /// Whether it is no Unicode and was taken for Windows-1252.
    pub was_windows: bool,
    bytes: u64,
    place: Place,
    encoding: &'static Encoding,
}

/// Whether a link is no way to a file.
static FOLLOWS_NO_LINKS: AtomicBool = AtomicBool::new(false);

/// From now on no link is followed to a file.
pub fn follow_no_links() {
    FOLLOWS_NO_LINKS.store(true, Ordering::Relaxed);
}

/// Opens a regular file to read it. What somebody has put there instead is not waited for: a pipe would never answer.
fn open_regular(path: &Path) -> io::Result<fs::File> {
    let link = if FOLLOWS_NO_LINKS.load(Ordering::Relaxed) { OFlags::NOFOLLOW } else { OFlags::empty() };
    let flags = (OFlags::NONBLOCK | link).bits() as i32;
    let file = fs::File::options().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no regular file")) }
}

impl File {
    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.bytes <= HEAD_BYTES as u64 && self.head.trim().is_empty()
    }
}

enum Place {
    Path(PathBuf),
    Entry(usize),
}

impl Source {
    /// Finds the data files at this path and looks each of them through.
    ///
    /// # Errors
    /// When something cannot be read, is too large or is a damaged or unsafe zip.
    pub fn open(path: &Path) -> Result<Self, ExchangeError> {
        let about = fs::metadata(path).map_err(|error| ExchangeError::unreadable(path, &error))?;
        let mut source =
            Self { path: path.to_owned(), archive: None, files: Vec::new(), spreadsheets: Vec::new(), bytes: 0 };
        let places = match about.is_dir() {
            true => {
                let (data, spreadsheets) = folder(path)?;
                source.spreadsheets = spreadsheets;
                data
            }
            false if is_zip(path)? => source.entries(about.len())?,
            false => vec![(file_name(path).into(), Place::Path(path.to_owned()))],
        };
        let mut left = source.most_bytes();
        for (name, place) in places {
            let file = source.look_through(name, place, &mut left)?;
            source.files.push(file);
        }
        if source.archive.is_none() {
            source.bytes = source.most_bytes() - left;
        }
        Ok(source)
    }

    /// What reading it may cost.
    pub fn budget(&self) -> Budget {
        Budget::for_source(self.bytes, self.archive.is_some())
    }

    /// One of its files as a stream of UTF-8, without a byte order mark.
    ///
    /// # Errors
    /// It cannot be opened any more.
    pub fn read(&mut self, at: usize) -> Result<impl Read + '_, ExchangeError> {
        let (path, file) = (&self.path, &self.files[at]);
        let from = open(path, self.archive.as_mut(), &file.place)?;
        Ok(Decoded::new(from.take(MAX_SOURCE_BYTES), file.encoding))
    }

    fn most_bytes(&self) -> u64 {
        let of_zip = ROOM_BYTES + self.bytes.saturating_mul(MAX_RATIO);
        if self.archive.is_some() { of_zip.min(MAX_SOURCE_BYTES) } else { MAX_SOURCE_BYTES }
    }

    /// One of its files as a whole, as far as it has at most so many bytes.
    ///
    /// # Errors
    /// It cannot be read, or is larger.
    pub fn text(&mut self, at: usize, most: u64) -> Result<String, ExchangeError> {
        let (path, mut text) = (self.path.clone(), String::new());
        let read = self.read(at)?.take(most + 1).read_to_string(&mut text);
        read.map_err(|error| ExchangeError::unreadable(&path, &error))?;
        if text.len() as u64 > most {
            let (name, most) = (display_path(&path), most / 1024 / 1024);
            return Err(ExchangeError(format!("{name} is larger than the {most} MB that are read at once")));
        }
        Ok(text)
    }

    /// Reads a file once, without keeping it.
    fn look_through(&mut self, name: Arc<str>, place: Place, left: &mut u64) -> Result<File, ExchangeError> {
        let from = open(&self.path, self.archive.as_mut(), &place)?;
        let look = Look::through(from.take(*left + 1)).map_err(|error| match place {
            Place::Path(_) => ExchangeError::unreadable(&self.path, &error),
            Place::Entry(_) => broken(&self.path, &error),
        })?;
        *left = left.checked_sub(look.bytes).ok_or_else(|| self.too_large())?;
        let head = decode(look.encoding, &look.head);
        let (bytes, encoding) = (look.bytes, look.encoding);
        Ok(File { name, head, was_windows: encoding == WINDOWS_1252, bytes, place, encoding })
    }

    fn too_large(&self) -> ExchangeError {
        let (path, most) = (display_path(&self.path), self.most_bytes());
        if most == MAX_SOURCE_BYTES {
            return too_large(&self.path, MAX_SOURCE_BYTES);
        }
        ExchangeError(format!(
            "{path} unpacks to more than {MAX_RATIO} times its size, as no directory does; unpack it and look what it holds"
        ))
    }

    /// The data files in a zip.
    fn entries(&mut self, length: u64) -> Result<Vec<(Arc<str>, Place)>, ExchangeError> {
        let path = self.path.clone();
        let refused = |why: String| Err(ExchangeError(format!("{} {why}", display_path(&path))));
        let mut file = open_file(&path)?;
        let stated = stated_entries(&mut file, length).map_err(|error| broken(&path, &error))?;
        if stated > MAX_FILES {
            return refused(format!("holds {stated} files; at most {MAX_FILES} are read"));
        }
        let archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(|error| broken(&path, &error))?;
        let archive = self.archive.insert(archive);
        if archive.len() < stated {
            return refused("holds two files of the same name; give each its own name and pack it again".to_owned());
        }
        let (mut places, mut ranges) = (Vec::new(), Vec::new());
        for at in 0..archive.len() {
            let entry = archive.by_index(at).map_err(|error| broken(&path, &error))?;
            let name = crate::model::text::clean(&entry.name().map_err(|error| broken(&path, &error))?);
            if entry.enclosed_name().is_none() {
                return refused(format!("holds {:?}, a path that leads out of it; it was not read", shortened(&name)));
            }
            ranges.push((entry.data_start().unwrap_or_default(), entry.compressed_size()));
            if entry.is_file() && is_spreadsheet(&name) {
                self.spreadsheets.push(name.into());
            } else if entry.is_file() && is_data(&name) {
                self.bytes += entry.compressed_size();
                places.push((name.into(), Place::Entry(at)));
            }
        }
        if overlap(&mut ranges, length) {
            return refused("holds files that share the same bytes, as no honest zip does; it was not read".to_owned());
        }
        places.order_by(|one: &(Arc<str>, _), other| one.0.cmp(&other.0));
        Ok(places)
    }
}

/// Whether two files of a zip lie over each other, or one beyond its end.
fn overlap(ranges: &mut [(u64, u64)], length: u64) -> bool {
    ranges.order_by(Ord::cmp);
    let mut free = 0;
    ranges.iter().any(|(start, bytes)| {
        let is_over = *start < free && *bytes > 0;
        free = free.max(start.saturating_add(*bytes));
        is_over || free > length
    })
}

/// How many entries a zip says it has, as its last record does: looked at before the list of them is read.
fn stated_entries(file: &mut fs::File, length: u64) -> io::Result<usize> {
    const RECORD: &[u8] = b"PK\x05\x06";
    let tail = length.min(u64::from(u16::MAX) + 22);
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    file.rewind()?;
    let counts = memchr::memmem::find_iter(&bytes, RECORD).filter_map(|at| bytes.get(at + 10..at + 12));
    Ok(counts.map(|count| usize::from(u16::from_le_bytes([count[0], count[1]]))).max().unwrap_or_default())
}

fn open<'a>(
    path: &Path,
    archive: Option<&'a mut zip::ZipArchive<io::BufReader<fs::File>>>,
    place: &Place,
) -> Result<Box<dyn Read + 'a>, ExchangeError> {
    match (place, archive) {
        (Place::Path(path), _) => Ok(Box::new(open_file(path)?)),
        (Place::Entry(at), Some(archive)) => Ok(Box::new(archive.by_index(*at).map_err(|error| broken(path, &error))?)),
        (Place::Entry(_), None) => Ok(Box::new(io::empty())),
    }
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> ExchangeError {
    let why = crate::model::text::clean(&error.to_string());
    ExchangeError(format!("{} is not a whole zip file ({why}); fetch it again", display_path(path)))
}

fn too_large(path: &Path, most: u64) -> ExchangeError {
    let most = most / MB;
    ExchangeError(format!("{} holds more than {most} MB; split it into smaller packages", display_path(path)))
}

fn open_file(path: &Path) -> Result<fs::File, ExchangeError> {
    let about = fs::metadata(path).map_err(|error| ExchangeError::unreadable(path, &error))?;
    if !about.is_file() {
        return Err(ExchangeError(format!("{} is not a file or a folder; name one of these", display_path(path))));
    }
    open_regular(path).map_err(|error| ExchangeError::unreadable(path, &error))
}

/// Whether a file begins as a zip does.
///
/// # Errors
/// It is no regular file or cannot be read.
pub fn is_zip(path: &Path) -> Result<bool, ExchangeError> {
    let start = first_bytes(path)?;
    Ok(start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06"))
}

/// The first bytes of a file, which tell what it is.
///
/// # Errors
/// It is no regular file or cannot be read.
pub fn first_bytes(path: &Path) -> Result<Vec<u8>, ExchangeError> {
    let mut start = Vec::new();
    let read = open_file(path)?.take(8).read_to_end(&mut start);
    read.map_err(|error| ExchangeError::unreadable(path, &error))?;
    Ok(start)
}

/// Reads one file as a whole.
///
/// # Errors
/// When it is no regular file, cannot be read or is too large.
pub fn read_file(path: &Path) -> Result<Vec<u8>, ExchangeError> {
    let mut bytes = Vec::new();
    let read = open_file(path)?.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| ExchangeError::unreadable(path, &error))?;
    if bytes.len() as u64 > MAX_TEXT_BYTES { Err(too_large(path, MAX_TEXT_BYTES)) } else { Ok(bytes) }
}

/// How a file begins, decoded.
///
/// # Errors
/// It is no regular file or cannot be read.
pub fn head(path: &Path) -> Result<String, ExchangeError> {
    let mut bytes = Vec::new();
    let read = open_file(path)?.take(HEAD_BYTES as u64).read_to_end(&mut bytes);
    read.map_err(|error| ExchangeError::unreadable(path, &error))?;
    let encoding = Encoding::for_bom(&bytes).map_or_else(|| guessed(&bytes), |(encoding, _)| encoding);
    Ok(decode(encoding, &bytes))
}

/// The encoding of the beginning of a file; the character on which it ends may be cut.
fn guessed(head: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_some() => WINDOWS_1252,
        _ => UTF_8,
    }
}

/// A path for a message, without control characters.
pub fn display_path(path: &Path) -> String {
    crate::model::text::clean(&path.to_string_lossy())
}

/// Where a file is, from the root on, for a message: somebody who reads it may not know in which folder the program runs.
pub fn display_place(path: &Path) -> String {
    std::path::absolute(path).map_or_else(|_| display_path(path), |place| display_path(&place))
}

/// A name from outside for a message.
fn shortened(name: &str) -> String {
    name.chars().take(100).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| crate::model::text::clean(&name.to_string_lossy())).unwrap_or_default()
}

fn is_data(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".xml"].iter().any(|ending| lower.ends_with(ending))
}

/// Whether a file is a spreadsheet by its name; what a program that has it open lays beside it is none.
fn is_spreadsheet(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_beside = lower.rsplit('/').next().is_some_and(|file| file.starts_with(['~', '.']));
    !is_beside
        && [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".fods", ".numbers"].iter().any(|ending| lower.ends_with(ending))
}

/// How deep tables may lie in a folder.
const MAX_DEPTH: usize = 4;

/// The data files in a folder and in the folders within it, each with its path from the first one on; of too many, one more
/// than may be.
fn data_files(path: &Path, inside: &str, found: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().is_ok_and(|sort| sort.is_dir());
        if found.len() > MAX_FILES {
            return;
        } else if is_folder && !name.starts_with('.') && inside.matches('/').count() < MAX_DEPTH {
            data_files(&entry.path(), &format!("{inside}{name}/"), found);
        } else if (is_data(&name) || is_spreadsheet(&name)) && entry.path().is_file() {
            found.push((format!("{inside}{name}"), entry.path()));
        }
    }
}

/// Data files of a folder with where they are, and the names of its spreadsheets.
type Found = (Vec<(Arc<str>, Place)>, Vec<Arc<str>>);

fn folder(path: &Path) -> Result<Found, ExchangeError> {
    let mut paths = Vec::new();
    data_files(path, "", &mut paths);
    if paths.len() > MAX_FILES {
        return Err(ExchangeError(format!("{} holds more than {MAX_FILES} data files", display_path(path))));
    }
    paths.sort();
    let (spreadsheets, data): (Vec<_>, Vec<_>) = paths.into_iter().partition(|(name, _)| is_spreadsheet(name));
    let cleaned = |name: &str| Arc::from(crate::model::text::clean(name));
    let data = data.into_iter().map(|(name, at)| (cleaned(&name), Place::Path(at))).collect();
    Ok((data, spreadsheets.iter().map(|(name, _)| cleaned(name)).collect()))
}

/// What is known of a file that was read once.
struct Look {
    bytes: u64,
    encoding: &'static Encoding,
    head: Vec<u8>,
}

impl Look {
    fn through(mut from: impl Read) -> io::Result<Self> {
        let mut head = Vec::new();
        from.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let marked = Encoding::for_bom(&head).map(|(encoding, _)| encoding);
        let mut check = Utf8Check { decoder: UTF_8.new_decoder_with_bom_removal(), is_valid: true };
        let mut bytes = head.len() as u64;
        check.take(&head, false);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = from.read(&mut chunk)?;
            check.take(&chunk[..length], length == 0);
            bytes += length as u64;
            if length == 0 {
                break;
            }
        }
        let encoding = marked.unwrap_or(if check.is_valid { UTF_8 } else { WINDOWS_1252 });
        Ok(Self { bytes, encoding, head })
    }
}

/// Whether bytes that come in pieces are UTF-8.
struct Utf8Check {
    decoder: Decoder,
    is_valid: bool,
}

impl Utf8Check {
    fn take(&mut self, mut bytes: &[u8], is_last: bool) {
        let mut text = [0; 4096];
        while self.is_valid {
            let (result, read, _) = self.decoder.decode_to_utf8_without_replacement(bytes, &mut text, is_last);
            bytes = &bytes[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.is_valid = false,
            }
        }
    }
}

/// A stream of UTF-8 from a stream of bytes.
struct Decoded<R> {
    from: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: (usize, usize),
    text: Vec<u8>,
    text_at: (usize, usize),
    is_done: bool,
}

impl<R: Read> Decoded<R> {
    fn new(from: R, encoding: &'static Encoding) -> Self {
        let (raw, text) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { from, decoder, raw, raw_at: (0, 0), text, text_at: (0, 0), is_done: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut is_last = false;
        if self.raw_at.0 == self.raw_at.1 {
            self.raw_at = (0, self.from.read(&mut self.raw)?);
            is_last = self.raw_at.1 == 0;
        }
        let raw = &self.raw[self.raw_at.0..self.raw_at.1];
        let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, is_last);
        self.raw_at.0 += read;
        self.text_at = (0, written);
        self.is_done = is_last && result == encoding_rs::CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.text_at.0 == self.text_at.1 && !self.is_done {
            self.fill()?;
        }
        let ready = &self.text[self.text_at.0..self.text_at.1];
        let length = ready.len().min(into.len());
        into[..length].copy_from_slice(&ready[..length]);
        self.text_at.0 += length;
        Ok(length)
    }
}

fn decode(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_with_bom_removal(bytes).0.into_owned()
}

/// Decodes a file that was read as a whole: UTF-8, what its byte order mark says, else Windows-1252.
pub fn decode_all(bytes: Vec<u8>) -> String {
    decode_saying(bytes).0
}

/// As [`decode_all`]; the flag says whether it was taken for Windows-1252.
pub fn decode_saying(bytes: Vec<u8>) -> (String, bool) {
    let encoding = match Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(&bytes).is_ok() => return (String::from_utf8(bytes).unwrap_or_default(), false),
        None => WINDOWS_1252,
    };
    (decode(encoding, &bytes), encoding == WINDOWS_1252)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in_pieces(bytes: &[u8]) -> (String, bool) {
        let look = Look::through(bytes).unwrap();
        let mut text = String::new();
        Decoded::new(bytes, look.encoding).read_to_string(&mut text).unwrap();
        (text, look.encoding == WINDOWS_1252)
    }

    #[test]
    fn a_stream_is_decoded_as_the_whole_would_be() {
        let long = "é日".repeat(CHUNK_BYTES);
        for bytes in [
            b"plain".to_vec(),
            b"\xef\xbb\xbfwith a mark".to_vec(),
            b"\xff\xfeo\x00n\x00e\x00".to_vec(),
            b"caf\xe9".to_vec(),
            [long.as_bytes(), b"\xff"].concat(),
            [long.as_bytes(), b"\xe2\x82"].concat(),
            long.clone().into_bytes(),
            Vec::new(),
        ] {
            let (text, was_windows) = read_in_pieces(&bytes);
            assert_eq!(text, decode_all(bytes.clone()));
            assert_eq!(was_windows, std::str::from_utf8(&bytes).is_err() && !bytes.starts_with(b"\xff\xfe"));
        }
    }

    #[test]
    fn files_of_a_zip_lie_side_by_side() {
        assert!(!overlap(&mut [(30, 10), (70, 0), (70, 20)], 90));
        assert!(overlap(&mut [(30, 10), (39, 20)], 90));
        assert!(overlap(&mut [(30, 61)], 90));
    }
}

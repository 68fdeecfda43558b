//! Reads the paths in a Rust source from its tokens: those of `use` trees, of code and of macro calls. Comments and texts
//! are no tokens; `super`, `self` and names that were imported are resolved; code under `#[cfg(test)]` is left out.

use std::collections::HashMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path at its place, resolved: `crate::…` for the house, else beginning with a crate or a name of this file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The line.
    pub line: usize,
    /// The segments; `*` for a glob.
    pub path: Vec<String>,
    /// Whether it stands in a `use`.
    pub is_import: bool,
}

/// What a source mentions.
#[derive(Debug, Default)]
pub struct Source {
    /// All paths.
    pub paths: Vec<Mention>,
    /// The paths after `&mut`.
    pub mutable: Vec<Mention>,
    /// Macro calls by name.
    pub macros: Vec<(usize, String)>,
    /// Method calls by name.
    pub methods: Vec<(usize, String)>,
    /// What is taken of what: `screens.services` is (line, `screens`, `services`).
    pub fields: Vec<(usize, String, String)>,
    names: HashMap<String, Vec<String>>,
}

impl Source {
    /// Reads a source; `module` is the path of its module in the house.
    pub fn read(source: &str, module: &[String]) -> Self {
        let tokens: TokenStream = source.parse().expect("every source of the house is Rust");
        let mut found = Self::default();
        found.walk(tokens, module);
        let names = std::mem::take(&mut found.names);
        for mention in found.paths.iter_mut().chain(&mut found.mutable).filter(|mention| !mention.is_import) {
            if let Some(full) = names.get(&mention.path[0]) {
                mention.path.splice(..1, full.iter().cloned());
            }
        }
        found
    }

    fn walk(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = match &tokens[at] {
                TokenTree::Punct(hash) if hash.as_char() == '#' && is_cfg_test(tokens.get(at + 1)) => {
                    end_of_item(&tokens, at + 2)
                }
                TokenTree::Punct(and) if and.as_char() == '&' => self.borrow(&tokens, at, module),
                TokenTree::Ident(word) if word == "mod" => self.module(&tokens, at, module),
                TokenTree::Ident(word) if word == "use" && !is_punct(tokens.get(at + 1), '<') => {
                    let end = end_of_item(&tokens, at);
                    self.import(&tokens[at + 1..end], &[], module);
                    end
                }
                TokenTree::Ident(_) => self.path(&tokens, at, module),
                TokenTree::Group(group) => {
                    self.walk(group.stream(), module);
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// An inline module is one level deeper.
    fn module(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) = (tokens.get(at + 1), tokens.get(at + 2)) {
            self.walk(body.stream(), &[module, &[name.to_string()]].concat());
            return at + 3;
        }
        at + 1
    }

    /// `&mut` and the path after it, with or without a lifetime between.
    fn borrow(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        let mut next = at + 1;
        if is_punct(tokens.get(next), '\'') {
            next += 2;
        }
        if matches!(tokens.get(next), Some(TokenTree::Ident(word)) if word == "mut") {
            let (path, _) = segments(tokens, next + 1);
            if let (Some(path), Some(token)) = (resolve(&path, module), tokens.get(next + 1)) {
                self.mutable.push(Mention { line: line(token), path, is_import: false });
            }
        }
        at + 1
    }

    fn path(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        let (path, end) = segments(tokens, at);
        let line = line(&tokens[at]);
        let last = path.last().cloned().unwrap_or_default();
        if at > 0 && is_punct(tokens.get(at - 1), '.') {
            if let Some(TokenTree::Ident(of)) = at.checked_sub(2).and_then(|at| tokens.get(at)) {
                self.fields.push((line, of.to_string(), last.clone()));
            }
            self.methods.push((line, last));
        } else {
            if is_punct(tokens.get(end), '!') {
                self.macros.push((line, last));
            }
            self.paths.extend(resolve(&path, module).map(|path| Mention { line, path, is_import: false }));
        }
        end
    }

    /// One `use` tree: a path, a path with `as`, a glob, or a group of trees after a path or at the beginning.
    fn import(&mut self, tree: &[TokenTree], before: &[String], module: &[String]) {
        let start = tree.iter().position(|token| !is_punct(Some(token), ':')).unwrap_or(tree.len());
        let (more, end) = segments(tree, start);
        let path = [before, &more].concat();
        match tree.get(end) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner.split(|token| is_punct(Some(token), ',')).filter(|part| !part.is_empty()) {
                    self.import(part, &path, module);
                }
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                self.note_import(&tree[end], &[&path[..], &["*".to_owned()]].concat(), None, module);
            }
            Some(TokenTree::Ident(word)) if word == "as" => {
                let alias = tree.get(end + 1).map(ToString::to_string);
                self.note_import(&tree[end], &path, alias, module);
            }
            _ => {
                if let Some(token) = tree.get(start) {
                    self.note_import(token, &path, None, module);
                }
            }
        }
    }

    fn note_import(&mut self, token: &TokenTree, path: &[String], alias: Option<String>, module: &[String]) {
        let path = if path.last().is_some_and(|last| last == "self") { &path[..path.len() - 1] } else { path };
        if let Some(path) = resolve(path, module) {
            let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
            self.names.insert(name, path.clone());
            self.paths.push(Mention { line: line(token), path, is_import: true });
        }
    }
}

fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_cfg_test(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.to_string().replace(' ', "") == "[cfg(test)]")
}

/// Behind the item that begins here: its semicolon or its body.
fn end_of_item(tokens: &[TokenTree], start: usize) -> usize {
    let is_use = matches!(tokens.get(start), Some(TokenTree::Ident(word)) if word == "use");
    let is_end = |token: &TokenTree| {
        let is_body = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        is_punct(Some(token), ';') || is_body && !is_use
    };
    tokens[start..].iter().position(is_end).map_or(tokens.len(), |at| start + at + 1)
}

/// The names joined by `::` from here on, and the place behind them (and behind a `::` before a group or a star).
fn segments(tokens: &[TokenTree], start: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        path.push(name.to_string());
        at += 1;
        if !(is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')) {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// A path from the root of the house or of a crate; `None` for `self` as a value and the like.
fn resolve(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let house = |module: &[String], rest: &[String]| Some([&["crate".to_owned()], module, rest].concat());
    match path.first()?.as_str() {
        "super" => house(&module[..module.len().saturating_sub(supers)], &path[supers..]),
        "self" if path.len() > 1 => {
            let rest = &path[1..];
            let supers = rest.iter().take_while(|name| *name == "super").count();
            house(&module[..module.len().saturating_sub(supers)], &rest[supers..])
        }
        "self" | "Self" => None,
        _ => Some(path.to_vec()),
    }
}

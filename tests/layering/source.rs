//! Reads a Rust file into the names that its code mentions. Comments and texts are not code.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// A path of the code, such as `std::fs::read`; a `use` with braces gives one for each leaf.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its segments; `super` and `self` at the front are resolved to `crate::…`.
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// Whether it stands in code that only tests compile.
    pub(crate) in_test: bool,
}

/// A call of a macro: its name and the texts right inside it.
#[derive(Debug)]
pub(crate) struct MacroCall {
    pub(crate) name: String,
    pub(crate) texts: Vec<String>,
    pub(crate) line: usize,
    pub(crate) in_test: bool,
}

/// What a file consists of.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) names: Vec<Named>,
    pub(crate) macros: Vec<MacroCall>,
    /// Lines of arms that catch everything: `_ =>` and tuples of `_`.
    pub(crate) catch_alls: Vec<usize>,
    /// Lines of `mod …tests;` and `#[path]` that are compiled without `cfg(test)`.
    pub(crate) loose_tests: Vec<usize>,
    /// The modules that are declared at the top, without a body.
    pub(crate) declared: Vec<String>,
    /// The line where the inline tests at the end begin.
    pub(crate) tests_from: Option<usize>,
}

impl Source {
    /// Reads the text of a file whose module path is `module` (`["store", "rows"]`).
    pub(crate) fn read(module: &[String], text: &str) -> Option<Self> {
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().collect();
        let mut source = Self::default();
        source.walk(&tokens, &Place { module: module.to_vec(), in_test: false, top: true });
        Some(source)
    }

    fn walk(&mut self, tokens: &[TokenTree], place: &Place) {
        let mut at = 0;
        while at < tokens.len() {
            at += self.step(tokens, at, place);
        }
    }

    /// Reads what begins at a token and tells how many tokens that were.
    fn step(&mut self, tokens: &[TokenTree], at: usize, place: &Place) -> usize {
        let rest = &tokens[at..];
        if let Some(taken) = self.attributes(rest, place) {
            return taken;
        }
        match (&rest[0], rest.get(1), rest.get(2)) {
            (TokenTree::Ident(word), Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) if word == "mod" => {
                let mut inner = place.inner();
                inner.module.push(name.to_string());
                self.walk(&children(body), &inner);
                3
            }
            (TokenTree::Ident(word), Some(TokenTree::Ident(name)), Some(end)) if word == "mod" && is(end, ';') => {
                if place.top && !place.in_test {
                    self.declared.push(name.to_string());
                }
                if name.to_string().ends_with("tests") && !place.in_test {
                    self.loose_tests.push(line_of(&rest[0]));
                }
                3
            }
            (TokenTree::Ident(_), _, _) => {
                let (paths, taken) = paths(rest, &[]);
                if let ([(path, line)], [mark, TokenTree::Group(body), ..]) = (&paths[..], &rest[taken..])
                    && is(mark, '!')
                {
                    let name = path.last().cloned().unwrap_or_default();
                    let texts = children(body).iter().filter_map(text_of).collect();
                    self.macros.push(MacroCall { name, texts, line: *line, in_test: place.in_test });
                }
                for (segments, line) in paths {
                    self.name(segments, line, place);
                }
                taken
            }
            (TokenTree::Group(group), _, _) => {
                self.walk(&children(group), &place.inner());
                1
            }
            (first, Some(second), _) if is(first, '=') && is(second, '>') => {
                if !place.in_test && catches_all(&tokens[..at]) {
                    self.catch_alls.push(line_of(first));
                }
                2
            }
            (TokenTree::Punct(_) | TokenTree::Literal(_), _, _) => 1,
        }
    }

    /// Reads a run of attributes, and the item below it where that is for tests alone.
    fn attributes(&mut self, rest: &[TokenTree], place: &Place) -> Option<usize> {
        let mut length = 0;
        let (mut tests, mut elsewhere) = (false, false);
        while let [hash, TokenTree::Group(group), ..] = &rest[length..]
            && is(hash, '#')
        {
            let text = group.stream().to_string().replace(' ', "");
            tests |= text == "cfg(test)";
            elsewhere |= text.starts_with("path=");
            self.walk(&children(group), &place.inner());
            length += 2;
        }
        if length == 0 {
            return None;
        }
        let in_test = place.in_test || tests;
        if elsewhere && !in_test {
            self.loose_tests.push(line_of(&rest[0]));
        }
        if !tests {
            return Some(length);
        }
        let is_end = |token: &TokenTree| is(token, ';') || body_of(token).is_some();
        let item = rest[length..].iter().position(is_end).map_or(rest.len(), |end| length + end + 1);
        let body = rest.get(item - 1).and_then(body_of);
        if place.top && item == rest.len() && body.is_some() {
            self.tests_from = Some(line_of(&rest[0]));
        }
        self.walk(&rest[length..item], &Place { in_test, ..place.clone() });
        Some(item)
    }

    fn name(&mut self, segments: Vec<String>, line: usize, place: &Place) {
        self.names.push(Named { segments: place.resolve(segments), line, in_test: place.in_test });
    }
}

/// Where in the module tree a token stands.
#[derive(Clone)]
struct Place {
    module: Vec<String>,
    in_test: bool,
    top: bool,
}

impl Place {
    fn inner(&self) -> Self {
        Self { top: false, ..self.clone() }
    }

    /// Turns `super::…` and `self::…` into `crate::…`.
    fn resolve(&self, segments: Vec<String>) -> Vec<String> {
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let selves = usize::from(segments.len() > 1 && segments[0] == "self");
        if ups + selves == 0 {
            return segments;
        }
        let kept = self.module.len().saturating_sub(ups);
        let front = std::iter::once("crate".to_owned()).chain(self.module[..kept].iter().cloned());
        front.chain(segments.into_iter().skip(ups + selves)).collect()
    }
}

/// Reads the path at the front: all its leaves, each with its line, and how many tokens it has.
fn paths(tokens: &[TokenTree], prefix: &[String]) -> (Vec<(Vec<String>, usize)>, usize) {
    let mut segments = prefix.to_vec();
    let line = line_of(&tokens[0]);
    let mut at = 0;
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        segments.push(name.to_string().trim_start_matches("r#").to_owned());
        at += 1;
        let [TokenTree::Punct(first), second, next, ..] = &tokens[at..] else { break };
        if first.as_char() != ':' || first.spacing() != Spacing::Joint || !is(second, ':') {
            break;
        }
        match next {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                return (leaves(&children(group), &segments), at + 3);
            }
            TokenTree::Punct(star) if star.as_char() == '*' => {
                segments.push("*".to_owned());
                return (vec![(segments, line)], at + 3);
            }
            TokenTree::Ident(_) => at += 2,
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => break,
        }
    }
    (vec![(segments, line)], at)
}

/// Reads the braces of a `use`.
fn leaves(tokens: &[TokenTree], prefix: &[String]) -> Vec<(Vec<String>, usize)> {
    let pieces = tokens.split(|token| is(token, ','));
    let read = |piece: &[TokenTree]| match piece.first() {
        Some(TokenTree::Ident(_)) => paths(piece, prefix).0,
        Some(first) => vec![(prefix.iter().cloned().chain(["*".to_owned()]).collect(), line_of(first))],
        None => vec![],
    };
    pieces.flat_map(read).collect()
}

/// Tells whether the pattern before an arrow is `_` or a tuple of nothing but `_` and `..`.
fn catches_all(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(name)] => name == "_",
        [.., TokenTree::Ident(_), TokenTree::Group(_)] => false,
        [.., TokenTree::Group(group)] => {
            let wild = |token: &TokenTree| token.to_string() == "_" || is(token, ',') || is(token, '.');
            let tokens = children(group);
            group.delimiter() == Delimiter::Parenthesis && !tokens.is_empty() && tokens.iter().all(wild)
        }
        _ => false,
    }
}

fn children(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn body_of(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn line_of(token: &TokenTree) -> usize {
    token.span().start().line
}

fn text_of(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Literal(literal) => Some(literal.to_string()).filter(|text| text.ends_with(['"', '#'])),
        _ => None,
    }
}

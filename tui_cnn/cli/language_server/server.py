"""The language server over standard input and output: documents and places as the protocol has them."""

import asyncio
import logging
import os
import sys
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

import tui_cnn
from tui_cnn.cli.language_server.completing import completions
from tui_cnn.cli.language_server.documents import Diagnostic, Document
from tui_cnn.cli.language_server.hovering import hover

_PAUSE = 0.1
"""Seconds without a key until a text is analysed."""

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
_KINDS = {
    "layer": lsp.CompletionItemKind.Class,
    "field": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.EnumMember,
}


class _Server(LanguageServer):
    """Keeps what was last made of each document, until its text is another."""

    def __init__(self) -> None:
        # Whole texts: what an editor and a library each count as lines can differ, and then parts go to wrong places.
        super().__init__("cnn-tui", tui_cnn.__version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self._documents: dict[str, Document] = {}

    def document(self, uri: str) -> Document:
        """Return a document as it stands."""
        held = self.workspace.get_text_document(uri)
        kept = self._documents.get(uri)
        if kept is None or kept.given is not held.source:
            kept = self._documents[uri] = Document(held.source, _path(uri), held.language_id or "")
        return kept

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._documents.pop(uri, None)

    def show(self, uri: str, version: int | None) -> None:
        """Tell the editor what is wrong in a document."""
        document = self.document(uri)
        found = [self._diagnostic(document.text, one) for one in document.diagnostics()]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, version))

    def _diagnostic(self, text: str, one: Diagnostic) -> lsp.Diagnostic:
        return lsp.Diagnostic(
            self.range(text, one.start, one.end),
            one.message,
            _SEVERITIES[one.severity],
            one.code,
            lsp.CodeDescription(one.page) if one.page else None,
            "cnn-tui",
        )

    def range(self, text: str, start: int, end: int) -> lsp.Range:
        """Return two offsets as the editor counts."""
        return lsp.Range(self._position(text, start), self._position(text, end))

    def _position(self, text: str, offset: int) -> lsp.Position:
        line = text.rfind("\n", 0, offset) + 1
        units = self.workspace.position_codec.client_num_units(text[line:offset])
        return lsp.Position(text.count("\n", 0, offset), units)

    def offset(self, text: str, position: lsp.Position) -> int:
        """Return the offset of a place; of one that is not there, that of the end of its line or of the text."""
        start = 0
        for _line in range(position.line):
            following = text.find("\n", start)
            if following < 0:
                return len(text)
            start = following + 1
        units, count = 0, self.workspace.position_codec.client_num_units
        while units < position.character and start < len(text) and text[start] not in "\r\n":
            units += count(text[start])
            start += 1
        return start


def make_server() -> LanguageServer:
    """Make a server with all that it can do."""
    server = _Server()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        server.show(params.text_document.uri, params.text_document.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        uri, version = params.text_document.uri, params.text_document.version
        await asyncio.sleep(_PAUSE)
        held = server.workspace.text_documents.get(uri)
        if held is not None and held.version == version:
            server.show(uri, version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(_params: lsp.DidSaveTextDocumentParams) -> None:
        for uri, held in list(server.workspace.text_documents.items()):  # what was saved may be the project
            server.show(uri, held.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(params.text_document.uri, []))

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def on_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        document = server.document(params.text_document.uri)
        found = hover(document, server.offset(document.text, params.position))
        if found is None:
            return None
        content = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.text)
        return lsp.Hover(content, server.range(document.text, found.start, found.end))

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=['"', "=", " "]))
    def on_completion(params: lsp.CompletionParams) -> lsp.CompletionList:
        document = server.document(params.text_document.uri)
        found = completions(document, server.offset(document.text, params.position))
        items = [
            lsp.CompletionItem(
                label=one.label,
                kind=_KINDS[one.kind],
                detail=one.detail or None,
                documentation=lsp.MarkupContent(lsp.MarkupKind.PlainText, one.about) if one.about else None,
                sort_text=f"{number:04}",
                filter_text=one.text if one.text.startswith('"') else one.label,
                text_edit=lsp.TextEdit(server.range(document.text, one.start, one.end), one.text),
            )
            for number, one in enumerate(found)
        ]
        return lsp.CompletionList(is_incomplete=False, items=items)

    return server


def serve() -> None:
    """Answer an editor on the standard streams until it ends, or asks to end; nothing else is written to them."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    with os.fdopen(os.dup(sys.stdin.fileno()), "rb") as given, os.fdopen(os.dup(sys.stdout.fileno()), "wb") as taken:
        make_server().start_io(given, taken)


def _path(uri: str) -> Path | None:
    """Return the file of a document; None where it has none yet."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None

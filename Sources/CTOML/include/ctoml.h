#ifndef TOKENFIELD_CTOML_H
#define TOKENFIELD_CTOML_H

#include <stddef.h>
#include <stdint.h>

/// A C interface to toml++: it parses a TOML 1.0 text and lists the nodes of the tree in
/// preorder, each with the line and column (from 1, in characters) of its key and its value.

#ifdef __cplusplus
extern "C" {
#endif

/// What a node holds.
typedef enum ctoml_kind {
    ctoml_kind_table,
    ctoml_kind_array,
    ctoml_kind_string,
    ctoml_kind_integer,
    ctoml_kind_float,
    ctoml_kind_boolean,
    ctoml_kind_datetime
} ctoml_kind;

/// One node; its children follow it in preorder. Texts are UTF-8, not terminated by zero, and
/// belong to the document. Fields that the kind does not need are zero.
typedef struct ctoml_node {
    ctoml_kind kind;
    uint32_t line, column;
    const char *key;
    size_t key_length;
    uint32_t key_line, key_column;
    size_t child_count;
    /// 1 for a table written as { … }.
    int is_inline;
    const char *text;
    size_t text_length;
    int64_t integer;
    double number;
    int boolean;
} ctoml_node;

/// A parsed text, or the reason why it could not be parsed.
typedef struct ctoml_document ctoml_document;

/// Parses `length` bytes of UTF-8. Returns a document to be freed with `ctoml_free`, or NULL when
/// memory is exhausted.
ctoml_document *ctoml_parse(const char *text, size_t length);

/// Frees the document with all its nodes and texts; NULL is allowed.
void ctoml_free(ctoml_document *document);

/// NULL after success, else why the text was refused (terminated by zero).
const char *ctoml_error_message(const ctoml_document *document);

/// Line of the error, from 1.
uint32_t ctoml_error_line(const ctoml_document *document);

/// Column of the error, from 1.
uint32_t ctoml_error_column(const ctoml_document *document);

/// The number of nodes; 0 after an error, else at least the root table.
size_t ctoml_node_count(const ctoml_document *document);

/// The node at an index below `ctoml_node_count`, in preorder; 0 is the root.
const ctoml_node *ctoml_node_at(const ctoml_document *document, size_t index);

#ifdef __cplusplus
}
#endif

#endif

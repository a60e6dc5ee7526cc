#include "ctoml.h"

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Some malformed texts reach assertions of toml++: errors like any other, not the end of the program.
#undef NDEBUG
#define TOML_ASSERT(expression) \
    ((expression) ? static_cast<void>(0) : throw std::logic_error("malformed"))
#include <toml++/toml.h>

struct ctoml_document {
    toml::table root;
    std::vector<ctoml_node> nodes;
    bool failed = false;
    std::string message;
    uint32_t line = 1, column = 1;
};

namespace {

/// Appends the node and everything below it in preorder.
void flatten(const toml::node &node, const toml::key *key, std::vector<ctoml_node> &nodes) {
    ctoml_node flat{};
    flat.line = node.source().begin.line;
    flat.column = node.source().begin.column;
    if (key) {
        flat.key = key->str().data();
        flat.key_length = key->str().size();
        flat.key_line = key->source().begin.line;
        flat.key_column = key->source().begin.column;
    }
    if (const auto *table = node.as_table()) {
        flat.kind = ctoml_kind_table;
        flat.is_inline = table->is_inline() ? 1 : 0;
        flat.child_count = table->size();
        nodes.push_back(flat);
        for (auto &&[childKey, child] : *table) flatten(child, &childKey, nodes);
        return;
    }
    if (const auto *array = node.as_array()) {
        flat.kind = ctoml_kind_array;
        flat.child_count = array->size();
        nodes.push_back(flat);
        for (const auto &child : *array) flatten(child, nullptr, nodes);
        return;
    }
    if (const auto *string = node.as_string()) {
        flat.kind = ctoml_kind_string;
        flat.text = string->get().data();
        flat.text_length = string->get().size();
    } else if (const auto *integer = node.as_integer()) {
        flat.kind = ctoml_kind_integer;
        flat.integer = integer->get();
    } else if (const auto *number = node.as_floating_point()) {
        flat.kind = ctoml_kind_float;
        flat.number = number->get();
    } else if (const auto *boolean = node.as_boolean()) {
        flat.kind = ctoml_kind_boolean;
        flat.boolean = boolean->get() ? 1 : 0;
    } else {
        flat.kind = ctoml_kind_datetime;
    }
    nodes.push_back(flat);
}

/// toml++ bounds the nesting of values but not of dotted keys, and walks tables recursively.
constexpr int deepestKey = 5000;

/// The place of a chain of more than `deepestKey` dots that nothing but key characters interrupts;
/// returns whether there is one.
bool findEndlessKey(std::string_view text, uint32_t &line, uint32_t &column) {
    int dots = 0;
    uint32_t row = 1;
    size_t lineStart = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        switch (text[i]) {
        case '.':
            if (++dots > deepestKey) {
                line = row;
                column = static_cast<uint32_t>(i - lineStart + 1);
                return true;
            }
            break;
        case '\n':
            ++row;
            lineStart = i + 1;
            dots = 0;
            break;
        case ',': case '=': case '[': case '{': dots = 0; break;
        default: break;
        }
    }
    return false;
}

}  // namespace

/// The first line with which the text up to its end trips an assertion.
static uint32_t findMalformedLine(std::string_view text) {
    uint32_t line = 0;
    for (size_t end = 0; end != std::string_view::npos;) {
        end = text.find('\n', end == 0 ? 0 : end + 1);
        ++line;
        try {
            (void)toml::parse(text.substr(0, end));
        } catch (const std::logic_error &) {
            return line;
        } catch (const std::exception &) {
        }
    }
    return line;
}

ctoml_document *ctoml_parse(const char *text, size_t length) {
    auto *document = new (std::nothrow) ctoml_document;
    if (!document) return nullptr;
    try {
        if (findEndlessKey(std::string_view(text, length), document->line, document->column)) {
            document->failed = true;
            document->message = "a key has more than 5000 parts";
            return document;
        }
        document->root = toml::parse(std::string_view(text, length));
        flatten(document->root, nullptr, document->nodes);
    } catch (const toml::parse_error &error) {
        document->failed = true;
        document->message = error.description();
        document->line = error.source().begin.line;
        document->column = error.source().begin.column;
    } catch (const std::logic_error &) {
        document->failed = true;
        document->message = "the line makes no sense";
        document->line = findMalformedLine(std::string_view(text, length));
    } catch (const std::exception &) {
        delete document;
        return nullptr;
    }
    return document;
}

void ctoml_free(ctoml_document *document) { delete document; }

const char *ctoml_error_message(const ctoml_document *document) {
    return document->failed ? document->message.c_str() : nullptr;
}

uint32_t ctoml_error_line(const ctoml_document *document) { return document->line; }

uint32_t ctoml_error_column(const ctoml_document *document) { return document->column; }

size_t ctoml_node_count(const ctoml_document *document) { return document->nodes.size(); }

const ctoml_node *ctoml_node_at(const ctoml_document *document, size_t index) {
    return &document->nodes[index];
}

"""How xAPI writes things: shapes of JSON, single words such as instants and IRIs, multipart bodies."""

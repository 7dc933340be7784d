/** The tools of a Quarkus MCP server behind one guard, in five classes to copy. */
@NullMarked
package dev.alcada.examples.quarkus;

import org.jspecify.annotations.NullMarked;

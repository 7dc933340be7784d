/** What the MCP conformance suite is run against; see {@code checks/conformance.mjs}. */
@NullMarked
package dev.alcada.examples.conformance;

import org.jspecify.annotations.NullMarked;

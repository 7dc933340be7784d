/** What a server says of its tools, and whether that is still what was accepted. */
@NullMarked
package dev.alcada.tool;

import org.jspecify.annotations.NullMarked;

/** A client that mints Pluggy connect tokens, and the tool that offers it to an agent. */
@NullMarked
package dev.alcada.pluggy;

import org.jspecify.annotations.NullMarked;

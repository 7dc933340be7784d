/**
 * What a host tests its use of Pluggy with: {@link dev.alcada.pluggy.testing.PluggyStandIn}, a
 * server on this machine that behaves as Pluggy's API does.
 */
@NullMarked
package dev.alcada.pluggy.testing;

import org.jspecify.annotations.NullMarked;

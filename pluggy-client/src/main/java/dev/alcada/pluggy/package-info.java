/**
 * A client of Pluggy for a host's server. It begins with {@link dev.alcada.pluggy.PluggyClient},
 * which mints connect tokens and does what a server needs next; {@link
 * dev.alcada.pluggy.WebhookEvent} reads what Pluggy sends. {@link
 * dev.alcada.pluggy.ConnectTokenTool} offers the minting to an agent, as a tool that a policy can
 * govern, and is the one class that needs {@code alcada-core}.
 */
@NullMarked
package dev.alcada.pluggy;

import org.jspecify.annotations.NullMarked;

/** An MCP server for several tenants: bearer tokens, a policy by role, approvals over REST. */
@NullMarked
package dev.alcada.examples.tenants;

import org.jspecify.annotations.NullMarked;

/** What the tools of a server can do, whether a policy fits them, and whether they have changed. */
@NullMarked
package dev.alcada.examples.tools;

import org.jspecify.annotations.NullMarked;

/** The policy document as immutable records, and the strict reader that makes them. */
@NullMarked
package dev.alcada.policy;

import org.jspecify.annotations.NullMarked;

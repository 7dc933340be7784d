/** What was decided and what came of it, told to listeners. */
@NullMarked
package dev.alcada.audit;

import org.jspecify.annotations.NullMarked;

/*****************************************************************************
 * recon.h: pixels and motion of reconstructed pictures, held only while they are of use
 *****************************************************************************
 * Copyright (C) 2026 the Rung authors
 *
 * This program is free software; you can redistribute it and/or modify
 * it under the terms of the GNU General Public License as published by
 * the Free Software Foundation; either version 2 of the License, or
 * (at your option) any later version.
 *
 * This program is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 * GNU General Public License for more details.
 *
 * You should have received a copy of the GNU General Public License
 * along with this program; if not, see <https://www.gnu.org/licenses/>.
 *****************************************************************************/

#ifndef X264_RECON_H
#define X264_RECON_H

/* Decides whether the encoder lends its reconstructed pictures what they hold, as told in recon.c: before the first frame. */
#define x264_recon_init x264_template(recon_init)
void x264_recon_init( x264_t *h );

/* Gives h->fdec the pixels and motion that its type needs, and takes those back that no picture from here on refers to. For each
 * picture, when its place in the order is known and before it is coded. -1 without memory. */
#define x264_recon_begin x264_template(recon_begin)
int x264_recon_begin( x264_t *h );

/* Frees what no picture holds. */
#define x264_recon_delete x264_template(recon_delete)
void x264_recon_delete( x264_t *h );

#endif

/*****************************************************************************
 * share.h: an encoder's look-ahead told to others, or taken from another
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

#ifndef X264_ENCODER_SHARE_H
#define X264_ENCODER_SHARE_H

/* x264_share_check: -1 if the settings do not go with a shared look-ahead. */
#define x264_share_check x264_template(share_check)
int x264_share_check( x264_t *h );
/* x264_share_tell: tells what the look-ahead found of a minigop, whose pictures are in coding order. */
#define x264_share_tell x264_template(share_tell)
int x264_share_tell( x264_t *h, x264_frame_t **coded, int count );
/* x264_share_take_types: gives pictures, in the order that they are shown, the leader's types; -1 if the first is not there. */
#define x264_share_take_types x264_template(share_take_types)
int x264_share_take_types( x264_t *h, x264_frame_t **frames, int count );
/* x264_share_take: fills in what a look-ahead of its own would have found of a minigop. */
#define x264_share_take x264_template(share_take)
int x264_share_take( x264_t *h, x264_frame_t **frames, int count );

#endif

/*****************************************************************************
 * share.h: what an encoder's look-ahead tells those that follow it
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

#ifndef X264_SHARE_INTERNAL_H
#define X264_SHARE_INTERNAL_H

#include "x264_share.h"

typedef struct
{
    int b_weight;
    int i_scale;
    int i_denom;
    int i_offset;
} x264_share_weight_t;

/* Arrays have an element for each of the leader's macroblocks, in raster order. */
typedef struct
{
    int i_type;            /* X264_TYPE_*; of all pictures but non-reference B ones the tree has offsets */
    int i_dist[2];         /* to the pictures it was predicted from, before and behind; 0 for none */
    int i_width, i_height; /* in pixels */
    int i_mb_width, i_mb_height;
    x264_share_weight_t weight[3];

    double f_cost;         /* in all, each block weighted by its QP offset */
    int16_t *tree;         /* QP offset, in 1/256 */
    uint16_t *intra;       /* SATD of the half-size picture's blocks */
    uint16_t *inter;       /* the same, predicted as i_dist says */
    int16_t (*mv[2])[2];   /* in quarters of the half-size picture's samples; NULL where none was searched */

    int i_planned;         /* pictures after this one, in coding order, as far as the look-ahead saw */
    uint8_t *planned_type;
    int *planned_satd;
    double *planned_duration;
} x264_share_picture_t;

/* x264_share_add: takes over a picture (which stays as it is until x264_share_close); on error it is freed. */
int x264_share_add( int id, int number, x264_share_picture_t *picture );
/* x264_share_get: the picture of a number, in the order that they are shown; NULL if it is not there yet. */
const x264_share_picture_t *x264_share_get( int id, int number );
/* x264_share_picture_new: all arrays, in one block to be freed with x264_free. */
x264_share_picture_t *x264_share_picture_new( int i_mb_width, int i_mb_height, int i_planned );

#endif
